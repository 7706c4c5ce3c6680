package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself where it ends before it has an interchange to speak to. */
class WorkerPoolMainTest {
  @TempDir Path directory;

  private String errors(Map<String, String> environment, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.drover.manager.WorkerPoolMain",
                "--address=127.0.0.1",
                "--port=1",
                "--run-dir=" + directory));
    command.addAll(List.of(options));
    Path errors = directory.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().keySet().removeAll(dev.drover.mpi.NodeList.VARIABLES);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(errors);
    assertThat(process.exitValue()).as(text).isEqualTo(2);
    assertThat(directory.resolve("tasks")).doesNotExist();
    return text;
  }

  @Test
  void aLeadNode_whoseNodesNobodyTells_endsWithTheMend() throws Exception {
    assertThat(errors(Map.of(), "--mpi-nodes"))
        .startsWith("drover worker-pool: MPI tasks need the nodes of a batch job")
        .contains("PBS_NODEFILE", "fix: start inside a batch job, or name a file");
  }

  @Test
  void aLeadNode_whoseNodeFileCannotBeRead_orIsEmpty_endsNamingIt() throws Exception {
    Path file = directory.resolve("hosts");

    assertThat(errors(Map.of(), "--mpi-node-file=" + file)).contains(file + " cannot be read");
    Files.writeString(file, "# nobody\n");
    assertThat(errors(Map.of("PBS_NODEFILE", file.toString()), "--mpi-nodes"))
        .contains("PBS_NODEFILE (" + file + ") names no host");
  }
}
