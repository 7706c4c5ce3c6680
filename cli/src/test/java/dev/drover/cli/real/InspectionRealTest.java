package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a run tells while it lives and afterwards. */
class InspectionRealTest extends RealTest {
  /** Each worker has files of its own, and some machines have many cores. */
  private static final String AT_MOST_EIGHT = "worker.max-per-node=8";

  @Test
  void liveRun_tellsWhereATaskRuns_whatItWaitsFor_andWhoItsManagersAre() throws IOException {
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--set",
            "worker.max-per-node=1",
            "--set",
            "executor.prefetch=0",
            "--",
            "touch at-{}; until [ -e go ]; do sleep 0.1; done",
            ":::",
            "1",
            "2",
            "3");
    Drover.awaitFile(home.resolve("at-1"));
    assertThat(drover.run("explain", "r", "1").exits(0).out())
        .startsWith("task 1: attempt 1 runs on ")
        .contains("block b-0001");
    assertThat(drover.run("explain", "r", "2").exits(0).out())
        .startsWith("task 2: waits for a slot: 2 tasks wait, 1 are out on 1 slots of 1 managers");
    assertThat(drover.run("explain", "r", "2", "--json").exits(0).out())
        .contains("\"state\":\"queued\"", "\"standing\":\"waits for a slot");
    assertThat(drover.run("explain", "r").exits(0).out())
        .contains("r: running", "3 tasks: 0 succeeded, 0 failed, 3 not ended")
        .contains("now: 2 waiting, 1 out, 0 finished (0 failed)", "manager ", "1 slots, 1 tasks");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("r/keys/interchange"))))
        .isEqualTo("rw-------");
    // Another host sees the directory and not the port.
    Path address = home.resolve("r/keys/interchange");
    String kept = Files.readString(address);
    Files.delete(address);
    assertThat(drover.run("explain", "r", "2").exits(0).out())
        .startsWith("task 2: waits or runs; the run cannot be asked from here (it has not told");
    Files.writeString(address, kept);
    Files.createFile(home.resolve("go"));
    run.end().exits(0);
    assertThat(address).doesNotExist();
    assertThat(drover.run("explain", "r", "2").exits(0).out()).startsWith("task 2: succeeded on ");
  }

  @Test
  void taskThatComesAfterOthers_isExplained_beforeItIsSubmitted() throws IOException {
    drover.write(
        "chain.jsonl",
        "{\"id\":\"bad\",\"command\":\"exit 7\"}",
        "{\"id\":\"slow\",\"command\":\"touch at; until [ -e go ]; do sleep 0.1; done\"}",
        "{\"id\":\"second\",\"command\":\"true\",\"after\":[\"slow\"]}",
        "{\"id\":\"never\",\"command\":\"true\",\"after\":[\"bad\",\"second\"]}");
    Drover.Running run = drover.start("run", "--run-dir", "r", "chain.jsonl");
    Drover.awaitFile(home.resolve("at"));
    assertThat(drover.run("explain", "r", "second").exits(0).out())
        .isEqualTo("task \"second\": not started: it comes after \"slow\", which has not ended\n");
    Files.createFile(home.resolve("go"));
    run.end().exits(1);
    assertThat(drover.run("explain", "r", "never").exits(0).out())
        .startsWith(
            "task \"never\": not started: it comes after \"bad\", which failed: exit code 7 on ");
    drover.run("explain", "r", "nevr").exits(2).says("no task 'nevr' was submitted");
  }

  @Test
  void unencryptedRun_tellsTheSame() throws IOException {
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--set",
            "executor.encrypted=false",
            "--",
            "touch at; until [ -e go ]; do sleep 0.1; done");
    Drover.awaitFile(home.resolve("at"));
    assertThat(drover.run("explain", "r", "1").exits(0).out())
        .startsWith("task 1: attempt 1 runs on ");
    Files.createFile(home.resolve("go"));
    run.end().exits(0);
  }

  @Test
  void logs_giveEachTaskItsOwnOutput_packedOrNot() throws IOException {
    String command =
        "echo out $DROVER_TASK_INDEX; echo err $DROVER_TASK_INDEX >&2; exit $((DROVER_TASK_INDEX == 777))";
    drover.run("run", "--run-dir", "few", "--array", "776-778", "--", command).exits(1);
    drover
        .run("run", "--set", AT_MOST_EIGHT, "--run-dir", "many", "--array", "0-1199", "--", command)
        .exits(1);
    assertThat(drover.run("logs", "many", "--task", "701").exits(0).out())
        .isEqualTo("out 700\nerr 700\n");
    for (String run : new String[] {"few", "many"}) {
      String failed = drover.run("logs", run, "--failed").exits(0).out();
      assertThat(failed).contains("[index 777]: exit code 1 on ").endsWith("\nout 777\nerr 777\n");
      assertThat(failed.lines()).hasSize(3);
    }
    assertThat(drover.run("logs", "few", "--task", "1", "--stderr").exits(0).out())
        .isEqualTo("err 776\n");
    assertThat(drover.run("logs", "many", "--stdout").exits(0).out().lines()).hasSize(2400);
    assertThat(files(home.resolve("many"))).isLessThan(60);
  }

  @Test
  void largeArray_needsFewFiles_andLittleMemory() throws IOException {
    Drover small =
        drover.vmOptions(
            "-Xmx256m", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:+ExitOnOutOfMemoryError");
    small
        .run("run", "--set", AT_MOST_EIGHT, "--run-dir", "r", "--array", "0-19999", "--", "true")
        .exits(0)
        .says("all 20,000 tasks done");
    assertThat(files(home.resolve("r"))).isLessThan(60);
    assertThat(Files.size(home.resolve("r/journal.jsonl"))).isLessThan(20_000 * 300);
    assertThat(small.run("explain", "r").exits(0).out()).contains("20,000 succeeded, 0 failed");
  }

  private static long files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    }
  }
}
