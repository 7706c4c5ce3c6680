package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The head node of a real Slurm behind a real OpenSSH: it has no room, or is another one than last
 * time.
 */
class RemoteStartFaultsRealTest extends HeadNodeTest {
  private static final Pattern DONE = Pattern.compile("\"t\":\"done\",\"id\":(\\d+)");

  private final SlurmCluster slurm = SlurmCluster.shared();

  @AfterEach
  void noJobIsLeft() {
    assertThat(slurm.slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
  }

  @BeforeEach
  void begin() throws IOException {
    startTheHeadNode();
    siteOnSlurm(slurm, "worker.working-dir = " + home);
    Files.createDirectories(runs());
    Files.createDirectories(cache());
  }

  private Path runs() {
    return there().resolve("drover-runs");
  }

  private Path cache() {
    return there().resolve(".cache/drover");
  }

  /** A disk for runs, which the nodes see: they have the mounts of when they started. */
  private SmallDisk diskOfRuns(String options) throws IOException {
    SmallDisk disk = SmallDisk.mount(runs(), options);
    for (int node = 1; node <= 4; node++) {
      slurm.ctl("stop-slurmd", "node" + node);
      slurm.ctl("start-node", "node" + node);
    }
    return disk;
  }

  private static Path fill(Path directory) throws IOException {
    Path filler = directory.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException full) {
      return filler;
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFullDiskThere_endsTheStartWithTheMend_leavesNothingHere_andNoHalfFileThere()
      throws Exception {
    try (SmallDisk small = SmallDisk.mount(cache(), "size=64k")) {
      Path filler = fill(cache());
      run("r", "--", "true").exits(3).says("drover.jar", "no room", "fix:", "df");
      assertThat(home.resolve("r")).doesNotExist();
      Files.delete(filler);
      for (String jar : names(cache())) {
        assertThat(names(cache().resolve(jar))).isEmpty();
      }
    }
    try (SmallDisk small = diskOfRuns("size=256k")) {
      Path filler = fill(runs());
      drover.write("in.txt", "input");
      run("r", "--send", "in.txt", "--", "true").exits(3).says("no room", "fix:");
      assertThat(home.resolve("r")).doesNotExist();
      run("r", "--", "true").exits(3).says("site.properties", "no room", "fix:", "df");
      // Enough for the site's file alone.
      try (FileChannel shorter = FileChannel.open(filler, StandardOpenOption.WRITE)) {
        shorter.truncate(shorter.size() - 2 * 4096);
      }
      run("r", "--", "true").exits(3).says("No space left on device", "headnode.runs");
      assertThat(home.resolve("r")).doesNotExist();

      Files.delete(filler);
      run("r", "--", "true").exits(0);
    }
  }

  @Test
  void aDiskThatFillsInMidRun_endsTheRun_andWhatWasToldDoneIsNotRunAgain() throws Exception {
    try (SmallDisk small = diskOfRuns("size=1m")) {
      Drover.Running run =
          drover.start(
              runOf(
                  "r",
                  "--array",
                  "1-80",
                  "--",
                  "until [ $DROVER_TASK_INDEX -le 8 ] || [ -e go ]; do sleep 0.1; done;"
                      + " echo $DROVER_TASK_INDEX >> done; sleep 0.2"));
      await().atMost(Drover.PATIENCE).until(() -> told().size() > 4);
      Path filler = fill(runs());
      drover.write("go"); // many: the last block of a file has room for some twenty more

      run.end().exits(3).says(": the journal cannot be written", "No space left on device", "fix:");

      List<String> told = told();
      assertThat(told).hasSizeLessThan(80);
      Files.delete(filler);
      drover.run("resume", "r").exits(0).says("all 80 tasks done");
      List<String> ran = Files.readAllLines(home.resolve("done"));
      for (String task : told) {
        assertThat(ran.stream().filter(task::equals)).as("task " + task).hasSize(1);
      }
    }
  }

  /** Tasks whose end the journal here has. */
  private List<String> told() {
    Path journal = home.resolve("r/journal.jsonl");
    return Files.exists(journal)
        ? DONE.matcher(Drover.text(journal)).results().map(found -> found.group(1)).toList()
        : List.of();
  }

  @Test
  void anotherLoginNodeThanTheRuns_isNamed_nothingStartsTwice_andTheRunCanBeResumed()
      throws Exception {
    Files.createDirectories(runs().resolve("r"));
    Path lock = runs().resolve("r/lock");
    Files.writeString(lock, "{\"host\":\"login7\",\"pid\":1}\n");
    for (String[] words : List.of(runOf("r", "--", "touch ran"), new String[] {"resume", "r"})) {
      drover.run(words).exits(3).says("runs on login7", "set headnode.url to that host", "delete");
    }
    assertThat(home.resolve("ran")).doesNotExist();
    assertThat(names(runs().resolve("r"))).containsExactly("lock");

    Files.delete(lock);
    drover.run("resume", "r").exits(0).says("1 task done");
    assertThat(home.resolve("ran")).exists();
  }
}
