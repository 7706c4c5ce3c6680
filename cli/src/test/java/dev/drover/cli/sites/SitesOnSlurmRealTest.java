package dev.drover.cli.sites;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.provider.slurm.SlurmCluster;
import dev.drover.site.SiteFolders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code drover sites new} and {@code check --live} on a real Slurm, whose partitions change. */
class SitesOnSlurmRealTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static SlurmCluster slurm;
  private static String partitions;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;
  private Path file;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
    partitions = partitions();
  }

  /** Other tests share the cluster. */
  @AfterAll
  static void theClusterIsAsItWas() {
    if (slurm != null) {
      assertThat(partitions()).isEqualTo(partitions);
    }
  }

  private static String partitions() {
    return slurm.slurm("scontrol", "show", "partition", "--all", "--oneliner");
  }

  @BeforeEach
  void describeTheCluster() {
    file = directory.resolve("sim.properties");
    assertThat(sites("new", "sim", "--output", file.toString())).as(text(err)).isZero();
  }

  private static void update(String... words) {
    List<String> argv = new ArrayList<>(List.of("scontrol", "update"));
    argv.addAll(List.of(words));
    slurm.slurm(argv.toArray(String[]::new));
  }

  private int sites(String... words) {
    out.reset();
    err.reset();
    PrintStream stdout = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), stdout, stderr, false, 80);
    SiteChoice choice = new SiteChoice(SiteFolders.NONE, Map.of(), List::of, note -> {});
    CommandLine line =
        new CommandLine(
            SitesCommand.spec(
                console,
                choice,
                LocalDate.parse("2026-11-25"),
                new Surveys(site -> slurm.headNode(), slurm.headNode())));
    line.setExecutionExceptionHandler(
        (problem, failed, result) -> {
          stderr.println(problem.getMessage());
          return ((StopException) problem).exitCode().status();
        });
    return line.execute(words);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  /** Where a key stands in the file, as problems name it. */
  private String at(String key) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(key + " = ")) {
        return file + ":" + (i + 1) + ": " + key + ": ";
      }
    }
    throw new AssertionError(key + " is not in " + lines);
  }

  @Test
  void aNewSite_describesTheCluster_andIsSound_alsoToItsScheduler() throws Exception {
    assertThat(Files.readAllLines(file))
        .contains(
            "site.name = sim",
            "site.status = unverified",
            "site.verified = 2026-11-25",
            "provider.type = slurm",
            "provider.queue = debug",
            "provider.cores-per-node = 4",
            "provider.accelerators-per-node = 2",
            "launcher.type = srun",
            "queue.debug.max-nodes = 4",
            "queue.debug.max-walltime = 1h",
            "queue.small.max-nodes = 1",
            "queue.closed.auto = false");
    assertThat(sites("check", file.toString())).as(text(out)).isZero();
    assertThat(sites("check", "--live", file.toString())).as(text(out)).isZero();
    assertThat(text(out))
        .contains("queue closed of Slurm starts no jobs now (State=DOWN) (note)")
        .containsPattern("sim.properties: sound, says Slurm [0-9.]+ on \\S+\n$");
    String before = Files.readString(file);
    assertThat(sites("new", "other", "--output", file.toString())).isEqualTo(2);
    assertThat(text(err)).contains("is there already and was left alone");
    assertThat(file).hasContent(before);
  }

  @Test
  void partitionsThatChange_areEachNoticed() throws Exception {
    try {
      update("PartitionName=debug", "MaxTime=10", "State=DOWN");
      update("PartitionName=small", "MaxNodes=2", "State=INACTIVE");
      slurm.slurm("scontrol", "delete", "PartitionName=closed");
      assertThat(sites("check", "--live", file.toString())).isEqualTo(2);
      assertThat(text(out))
          .contains(
              at("provider.queue")
                  + "queue debug of Slurm starts no jobs now (State=DOWN); wait, or set another"
                  + " provider.queue\n")
          .contains(
              at("provider.walltime")
                  + "is 30m, but queue debug of Slurm runs jobs at most 10m; set provider.walltime ="
                  + " 10m or another provider.queue\n")
          .contains(
              at("queue.debug.max-walltime")
                  + "is 1h, but Slurm says 10m; set queue.debug.max-walltime = 10m\n")
          .contains(
              at("queue.small.max-nodes")
                  + "is 1, but Slurm says 2; set queue.small.max-nodes = 2\n")
          .contains(
              "queue.small.auto: queue small of Slurm takes no jobs now (State=INACTIVE); set"
                  + " queue.small.auto = false while that lasts\n")
          .contains(
              at("queue.closed.max-nodes")
                  + "'closed' is no queue of Slurm; it has debug, short, small, long\n")
          .containsPattern("sim.properties: 6 problems, says Slurm [0-9.]+ on ");
      assertThat(sites("check", "--live", "--json", file.toString())).isEqualTo(2);
      JsonNode site = JSON.readTree(text(out)).get("sites").get(0);
      assertThat(site.get("sound").asBoolean()).isFalse();
      assertThat(site.get("problems")).isEmpty();
      assertThat(site.get("live").get("asked").asBoolean()).isTrue();
      assertThat(site.get("live").get("problems")).hasSize(6);
    } finally {
      slurm.slurm("scontrol", "reconfigure");
    }
  }

  @Test
  void aControllerThatIsAway_isNoProblemOfTheSite_andExitCode3() throws Exception {
    slurm.ctl("stop-ctld");
    try {
      assertThat(sites("check", "--live", file.toString())).isEqualTo(3);
      assertThat(text(err))
          .contains("Slurm refused to tell its partitions on ")
          .contains("Unable to contact slurm controller")
          .contains("fix:     see whether the controller answers, by scontrol ping");
      assertThat(text(out)).endsWith("sim.properties: sound; its scheduler was not asked\n");
    } finally {
      slurm.ctl("start-ctld");
    }
  }
}
