package dev.drover.process;

import static dev.drover.process.Scripts.await;
import static dev.drover.process.Scripts.awaitSleep;
import static dev.drover.process.Scripts.isRunning;
import static dev.drover.process.Scripts.pidIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardianTest {
  private static final int SIGINT = 2;

  private final ProcessSpawner spawner = new ProcessSpawner();
  private final String pool = "pool-" + System.nanoTime();
  private final String cookie = ProcessTree.POOL_VARIABLE + "=" + pool;
  @TempDir Path directory;
  private ChildProcess stranger;

  @BeforeEach
  void startAProcessOfAnotherPool() throws Exception {
    Files.createDirectories(directory.resolve("scratch/deep"));
    Files.writeString(directory.resolve("scratch/deep/file"), "");
    stranger =
        spawner.start(
            SpawnRequest.of(
                List.of("sleep", "1000"),
                Scripts.BASE.with(ProcessTree.POOL_VARIABLE, pool + "0"),
                directory));
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(isRunning(stranger.pid())).as("the other pool's process lives").isTrue();
    stranger.signalGroup(LibC.SIGKILL);
    stranger.await();
    ProcessTree.find(cookie).forEach(member -> member.signal(LibC.SIGKILL));
  }

  /**
   * Its environment holds the cookie, so that the tests see it spared and its guardian without it.
   *
   * @param silence that its guardian bears, seconds: more than a busy machine makes it stand still,
   *     where it is not to be silent
   */
  private ChildProcess startManager(int silence) throws SpawnException {
    Path log = directory.resolve("manager.log");
    return spawner.start(
        SpawnRequest.of(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    GuardedManager.class.getName(),
                    pool,
                    directory.toString(),
                    Integer.toString(silence)),
                Scripts.BASE.with(ProcessTree.POOL_VARIABLE, pool),
                directory)
            .withOutput(Output.append(log), Output.append(log)));
  }

  private long awaitPid(String file) throws IOException {
    await().until(() -> pidIn(directory.resolve(file)) != 0);
    return pidIn(directory.resolve(file));
  }

  @Test
  void guardian_killsTheTasks_andRemovesTheScratch_whenTheManagersGroupIsKilled() throws Exception {
    ChildProcess manager = startManager(60);
    long guardian = awaitPid("guardian");
    long task = awaitPid("task");
    await("it has set its traps").until(() -> ignores(guardian, LibC.SIGTERM, LibC.SIGHUP, SIGINT));
    for (int signal : new int[] {LibC.SIGTERM, LibC.SIGHUP, SIGINT}) {
      LibC.kill((int) guardian, signal);
    }
    ProcFs proc = ProcFs.ofThisNode();
    awaitSleep(task, cookie);
    assertThat(proc.environEntries(task, ProcessTree.POOL_VARIABLE)).containsExactly(cookie);
    assertThat(proc.environEntries(guardian, ProcessTree.POOL_VARIABLE)).doesNotContain(cookie);

    manager.signalGroup(LibC.SIGKILL);
    manager.await();

    await().until(() -> !isRunning(task) && !isRunning(guardian));
    assertThat(directory.resolve("scratch")).doesNotExist();
    assertThat(directory.resolve("marker")).doesNotExist();
    assertThat(directory.resolve("guardian.log")).isEmptyFile();
  }

  private static boolean ignores(long pid, int... signals) throws IOException {
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    String ignored = status.lines().filter(line -> line.startsWith("SigIgn:")).findFirst().get();
    long mask = Long.parseUnsignedLong(ignored.substring(7).strip(), 16);
    return IntStream.of(signals).allMatch(signal -> (mask >> (signal - 1) & 1) != 0);
  }

  @Test
  void guardian_killsTheTasks_andKeepsWatching_whenTheManagerIsStopped() throws Exception {
    ChildProcess manager = startManager(2);
    long guardian = awaitPid("guardian");
    long task = awaitPid("task");

    manager.signalGroup(LibC.SIGSTOP);

    await().until(() -> !isRunning(task));
    assertThat(directory.resolve("marker")).content().contains("was silent for 2 s");
    assertThat(isRunning(guardian)).isTrue();
    assertThat(isRunning(manager.pid())).isTrue();
    assertThat(directory.resolve("scratch/deep/file")).exists();

    manager.signalGroup(LibC.SIGCONT);
    Files.writeString(directory.resolve("bye"), "");
    assertThat(manager.await().isSuccess()).isTrue();
    await().until(() -> !isRunning(guardian));
  }

  @Test
  void guardian_killsNothing_andLeavesNothing_afterAnOrderlyEnd() throws Exception {
    ChildProcess manager = startManager(60);
    long guardian = awaitPid("guardian");
    long task = awaitPid("task");

    Files.writeString(directory.resolve("bye"), "");
    assertThat(manager.await().isSuccess()).isTrue();

    assertThat(isRunning(guardian)).isFalse();
    assertThat(isRunning(task)).isTrue();
    assertThat(directory.resolve("scratch/deep/file")).exists();
    assertThat(directory.resolve("marker")).doesNotExist();
  }

  @Test
  void guardian_isNotDeceived_whenItWasStoppedTogetherWithTheManager() throws Exception {
    ChildProcess manager = startManager(5);
    int guardian = (int) awaitPid("guardian");
    long task = awaitPid("task");
    LibC.kill(guardian, LibC.SIGSTOP);
    manager.signalGroup(LibC.SIGSTOP);

    // Longer than the silence limit, with a condition to wait on: a process that takes this long.
    spawner.start(SpawnRequest.of(List.of("sleep", "5.5"), Scripts.BASE, directory)).await();
    manager.signalGroup(LibC.SIGCONT);
    LibC.kill(guardian, LibC.SIGCONT);
    CompletableFuture<Exit> after =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return spawner
                    .start(SpawnRequest.of(List.of("sleep", "1.5"), Scripts.BASE, directory))
                    .await();
              } catch (SpawnException e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(after.join().isSuccess()).isTrue();
    assertThat(isRunning(task)).isTrue();
    assertThat(directory.resolve("marker")).doesNotExist();
    Files.writeString(directory.resolve("bye"), "");
    assertThat(manager.await().isSuccess()).isTrue();
  }

  @Test
  void fence_killsWhatLivesOfThePool_andRemovesItsScratch_beforeItReturns() throws Exception {
    ChildProcess task =
        spawner.start(
            SpawnRequest.of(
                List.of("sleep", "1000"),
                Scripts.BASE.with(ProcessTree.POOL_VARIABLE, pool),
                directory));
    Guardian guardian =
        Guardian.start(
            spawner,
            new GuardianSettings(
                pool,
                Duration.ofSeconds(60),
                directory.resolve("marker"),
                List.of(directory.resolve("scratch")),
                directory.resolve("guardian.log")));
    guardian.beat();

    guardian.fence();

    assertThat(task.await().signal()).isEqualTo(LibC.SIGKILL);
    assertThat(directory.resolve("scratch")).doesNotExist();
    guardian.close(); // does nothing
  }

  @Test
  void beat_saysSo_whenTheGuardianIsGone() throws Exception {
    Guardian guardian =
        Guardian.start(
            spawner,
            new GuardianSettings(
                pool,
                Duration.ofSeconds(60),
                directory.resolve("marker"),
                List.of(),
                directory.resolve("guardian.log")));
    guardian.beat();
    LibC.kill((int) guardian.pid(), LibC.SIGKILL);

    await().untilAsserted(() -> assertThatThrownBy(guardian::beat).hasMessageContaining("EPIPE"));
    assertThat(guardian.hasFenced()).isFalse();
    guardian.close();
    guardian.close();
  }

  @Test
  void close_returns_whenTheGuardianIsStopped() throws Exception {
    Guardian guardian =
        Guardian.start(
            spawner,
            new GuardianSettings(
                pool,
                Duration.ofSeconds(60),
                directory.resolve("marker"),
                List.of(),
                directory.resolve("guardian.log")));
    LibC.kill((int) guardian.pid(), LibC.SIGSTOP);

    guardian.close();

    assertThat(isRunning(guardian.pid())).isFalse();
  }

  @Test
  void script_removesOnlyRealDirectoriesBelowTheFirstLevel() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("scratch"));
    Path script = directory.resolve("guardian.sh");
    Files.writeString(script, Guardian.script());

    // Stdin is empty: the manager is dead from the start.
    Exit exit =
        spawner
            .start(
                Scripts.command(
                    directory,
                    "bash",
                    script.toString(),
                    pool,
                    "0",
                    "60",
                    directory.resolve("marker").toString(),
                    "/",
                    "/usr/..",
                    "/proc",
                    "scratch",
                    link.toString()))
            .await();

    assertThat(exit.exitCode()).isZero();
    assertThat(directory.resolve("scratch/deep/file")).exists();
    assertThat(Scripts.out(directory).lines())
        .containsExactly(
            "guardian: refused to remove /",
            "guardian: refused to remove /",
            "guardian: refused to remove /proc");
  }

  @Test
  void settings_refuseWhatTheGuardianMustNotRemove() {
    for (String bad :
        List.of("/", "/tmp", "/tmp/..", "relative/path", System.getProperty("user.home"))) {
      assertThatThrownBy(
              () ->
                  new GuardianSettings(
                      pool, Duration.ofSeconds(5), directory, List.of(Path.of(bad)), directory))
          .as(bad)
          .hasMessageContaining("refusing to let a guardian remove " + bad);
    }
  }

  @Test
  void script_passesTheShellsOwnCheck_andShellCheck() throws Exception {
    Path script = directory.resolve("guardian.sh");
    Files.writeString(script, Guardian.script());

    Exit syntax =
        spawner.start(Scripts.command(directory, "bash", "-n", script.toString())).await();
    assertThat(syntax.isSuccess()).as(Scripts.out(directory)).isTrue();
    try {
      Exit lint =
          spawner.start(Scripts.command(directory, "shellcheck", script.toString())).await();
      assertThat(lint.isSuccess()).as(Scripts.out(directory)).isTrue();
    } catch (SpawnException e) {
      SkipAloud.unless(false, "shellcheck is not installed, so the guardian was not checked by it");
    }
  }
}
