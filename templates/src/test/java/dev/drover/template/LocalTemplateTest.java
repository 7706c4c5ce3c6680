package dev.drover.template;

import static dev.drover.template.GoldenScript.assertParses;
import static dev.drover.template.GoldenScript.assertPleasesShellCheck;
import static dev.drover.template.GoldenScript.golden;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The local job script as text, and as a script that runs. */
class LocalTemplateTest {
  @TempDir Path folder;

  private static String render(JobSpec spec) throws Exception {
    return GoldenScript.render("local", spec, JobOptions.NONE);
  }

  private static JobSpec spec(
      Path directory, String workerInit, Map<String, String> environment, String... command) {
    return new JobSpec(
        "b-0007", directory, List.of(command), ResourceSpec.ofNodes(1), environment, workerInit);
  }

  private static final JobSpec GOLDEN =
      spec(
          Path.of("/scratch/it's here/b-0007"),
          "export PATH=/opt/jdk/bin:$PATH\ntest -d /opt/jdk\n",
          Map.of("OMP_NUM_THREADS", "1", "GREETING", "hello $USER"),
          "java",
          "-jar",
          "/opt/drover.jar",
          "worker-pool",
          "--name",
          "two words");

  private Process start(JobSpec spec) throws Exception {
    Files.createDirectories(spec.directory());
    Files.writeString(spec.script(), render(spec));
    // Under nohup, or in a shell's background, tests inherit signals that no shell can unignore.
    return new ProcessBuilder("env", "--default-signal", "bash", spec.script().toString())
        .redirectOutput(spec.stdout().toFile())
        .redirectError(spec.stderr().toFile())
        .start();
  }

  private static int end(Process process) throws Exception {
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("the script ended").isTrue();
    return process.exitValue();
  }

  private static String exitCode(JobSpec spec) throws Exception {
    return Files.readString(spec.exitCodeFile());
  }

  @Test
  void script_isTheGoldenOne() throws Exception {
    assertThat(render(GOLDEN)).isEqualTo(golden("local"));
  }

  @Test
  void script_parses() throws Exception {
    assertParses(render(GOLDEN));
  }

  @Test
  void script_pleasesShellCheck() throws Exception {
    assertPleasesShellCheck(render(GOLDEN));
  }

  @Test
  void command_seesNameDirectoryEnvironmentAndWorkerInit() throws Exception {
    JobSpec spec =
        spec(
            folder.resolve("a 'b' $c"),
            "FROM_INIT=' i '\nexport FROM_INIT",
            Map.of("VALUE", "it's\n$HOME"),
            "bash",
            "-c",
            "printf '%s|' \"$JOBNAME\" \"$PWD\" \"$VALUE\" \"$FROM_INIT\" \"$@\"",
            "x",
            "-n",
            "a  b");
    assertThat(end(start(spec))).isZero();
    assertThat(spec.stdout())
        .hasContent("b-0007|" + spec.directory() + "|it's\n$HOME| i |-n|a  b|");
    assertThat(exitCode(spec)).isEqualTo("0\n");
    assertThat(spec.directory().resolve("exit-code.new")).doesNotExist();
  }

  @Test
  void exitCode_isTheCommands() throws Exception {
    JobSpec spec = spec(folder, "", Map.of(), "bash", "-c", "exit 3");
    assertThat(end(start(spec))).isEqualTo(3);
    assertThat(exitCode(spec)).isEqualTo("3\n");
  }

  @Test
  void missingCommand_is127_andStderrNamesIt() throws Exception {
    JobSpec spec = spec(folder, "", Map.of(), "no-such-program");
    assertThat(end(start(spec))).isEqualTo(127);
    assertThat(exitCode(spec)).isEqualTo("127\n");
    assertThat(spec.stderr()).content().contains("no-such-program");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "exit 1",
        "exit 0",
        "set -e\nfalse\ntrue",
        "if then",
        "kill -ALRM $$",
        "# x\nfalse\n# y"
      })
  void failingWorkerInit_startsNoCommand_andNeverRecordsZero(String workerInit) throws Exception {
    JobSpec spec = spec(folder, workerInit, Map.of(), "touch", folder.resolve("ran").toString());
    end(start(spec));
    assertThat(exitCode(spec)).isNotEqualTo("0\n").matches("[0-9]+\n");
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"# nothing", "set -eu", "set -o pipefail", "cd /"})
  void harmlessWorkerInit_changesNothing(String workerInit) throws Exception {
    JobSpec spec = spec(folder, workerInit, Map.of(), "bash", "-c", "exit 5");
    assertThat(end(start(spec))).isEqualTo(5);
    assertThat(exitCode(spec)).isEqualTo("5\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT", "USR1"})
  void signal_reachesTheCommandAsTerm_andItsExitCodeIsRecorded(String signal) throws Exception {
    JobSpec spec =
        spec(
            folder,
            "set -e",
            Map.of(),
            "bash",
            "-c",
            "trap 'echo got it; exit 9' TERM; echo ready; while :; do read -r -t 0.1 <> <(:) || :; done");
    Process process = start(spec);
    await().untilAsserted(() -> assertThat(spec.stdout()).content().contains("ready"));
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertThat(end(process)).isEqualTo(9);
    assertThat(spec.stdout()).content().contains("got it");
    assertThat(exitCode(spec)).isEqualTo("9\n");
  }

  /** A command that ends in the very moment in which the script is told to end. */
  @RepeatedTest(20)
  void termAsTheCommandEnds_recordsItsCode_orThatItWasEnded() throws Exception {
    JobSpec spec =
        spec(
            folder,
            "",
            Map.of(),
            "bash",
            "-c",
            "trap '' TERM; trap 'kill -9 $!; exit 9' USR1; sleep 1000 & echo $$ >pid; wait");
    Process process = start(spec);
    await()
        .until(() -> Files.exists(folder.resolve("pid")) && Files.size(folder.resolve("pid")) > 0);
    String command = Files.readString(folder.resolve("pid")).strip();
    new ProcessBuilder(
            "bash",
            "-c",
            "kill -USR1 $1; kill -TERM $2",
            "x",
            command,
            Long.toString(process.pid()))
        .start()
        .waitFor();
    end(process);
    assertThat(exitCode(spec)).isIn("9\n", "143\n");
  }

  @Test
  void termDuringWorkerInit_records143() throws Exception {
    JobSpec spec = spec(folder, "touch initialising\nwhile :; do :; done", Map.of(), "true");
    Process process = start(spec);
    await().until(() -> Files.exists(folder.resolve("initialising")));
    process.destroy();
    assertThat(end(process)).isEqualTo(143);
    assertThat(exitCode(spec)).isEqualTo("143\n");
  }
}
