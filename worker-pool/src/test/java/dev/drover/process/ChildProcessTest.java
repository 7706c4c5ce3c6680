package dev.drover.process;

import static dev.drover.process.Scripts.await;
import static dev.drover.process.Scripts.awaitSleep;
import static dev.drover.process.Scripts.bash;
import static dev.drover.process.Scripts.isRunning;
import static dev.drover.process.Scripts.pidIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final ProcessSpawner spawner = new ProcessSpawner();
  private final String cookie = ProcessTree.TASK_VARIABLE + "=test/" + System.nanoTime() + "/1";
  private final List<ChildProcess> children = new ArrayList<>();
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    children.forEach(child -> child.signalGroup(LibC.SIGKILL));
    ProcessTree.find(cookie).forEach(member -> member.signal(LibC.SIGKILL));
  }

  private ChildProcess start(String script) throws SpawnException {
    ChildProcess child = spawn(script);
    children.add(child);
    return child;
  }

  private ChildProcess spawn(String script) throws SpawnException {
    SpawnRequest plain = bash(directory, script);
    String value = cookie.substring(cookie.indexOf('=') + 1);
    return spawner.start(
        new SpawnRequest(
            plain.argv(),
            plain.environment().with(ProcessTree.TASK_VARIABLE, value),
            directory,
            plain.stdin(),
            plain.stdout(),
            plain.stderr()));
  }

  private TreeTermination begin(ChildProcess child, long nowNanos) {
    return TreeTermination.begin(child, cookie, GRACE, nowNanos, new ProcessLook());
  }

  private long awaitPid(String file) {
    await().until(() -> pidIn(directory.resolve(file)) != 0);
    try {
      return pidIn(directory.resolve(file));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void await_reportsTheExitCode_andTheTimesUsed() throws Exception {
    ChildProcess child = start("for ((i = 0; i < 30000; i++)); do :; done; exit 42");

    Exit exit = child.await();

    assertThat(exit.exitCode()).isEqualTo(42);
    assertThat(exit.signal()).isZero();
    assertThat(exit.shellCode()).isEqualTo(42);
    assertThat(exit.isSuccess()).isFalse();
    assertThat(exit.user()).isPositive();
    assertThat(child.await()).isSameAs(exit);
  }

  @Test
  void await_reportsTheSignal_whenTheChildIsKilled() throws Exception {
    ChildProcess child = start("kill -KILL $$");

    Exit exit = child.await();

    assertThat(exit.signal()).isEqualTo(LibC.SIGKILL);
    assertThat(exit.exitCode()).isEqualTo(-1);
    assertThat(exit.shellCode()).isEqualTo(137);
  }

  @Test
  void await_killsWhatIsLeftInTheGroup() throws Exception {
    ChildProcess child = start("sleep 1000 & echo $! > background");
    child.await();

    long background = pidIn(directory.resolve("background"));
    await().until(() -> !isRunning(background));
  }

  @Test
  void signalGroup_endsTheWholeGroup_andDoesNothingAfterTheReap() throws Exception {
    ChildProcess child = start("sleep 1000 & echo $! > background; wait");
    long background = awaitPid("background");

    assertThat(child.signalGroup(LibC.SIGTERM)).isTrue();
    assertThat(child.await().signal()).isEqualTo(LibC.SIGTERM);
    assertThat(child.isReaped()).isTrue();
    assertThat(child.signalGroup(LibC.SIGTERM)).isFalse();
    await().until(() -> !isRunning(background));
  }

  @Test
  void peakMemory_isEmptyForASmallChild_andItsOwnForALargeOne() throws Exception {
    // Larger than this JVM's peak can be under the heap limit of the tests, and touched page by
    // page.
    String large = "dd if=/dev/zero of=/dev/null bs=900M count=1 status=none";

    assertThat(start("true").await().peakMemoryBytes()).isEmpty();
    Exit exit = start(large).await();

    assertThat(exit.peakMemoryBytes()).isPresent();
    assertThat(exit.peakMemoryBytes().getAsLong()).isBetween(900L << 20, 950L << 20);
  }

  @Test
  void sample_sumsTheProcessesOfTheSession() throws Exception {
    ChildProcess child = start("sleep 1000 & sleep 1000 & echo $! > background; wait");
    awaitPid("background");

    await()
        .untilAsserted(
            () -> {
              MemoryUse use = PeakMemory.sample(Set.of(child.pid())).get(child.pid());
              assertThat(use.processes()).isEqualTo(3);
              assertThat(use.residentBytes()).isGreaterThan(use.largestPeakBytes());
              assertThat(use.largestPeakBytes()).isBetween(100_000L, 20_000_000L);
            });

    child.signalGroup(LibC.SIGKILL);
    child.await();
    await().until(() -> PeakMemory.sample(Set.of(child.pid())).isEmpty());
  }

  @Test
  void find_seesWhatLeftTheSession_andWhatDroppedTheCookie() throws Exception {
    ChildProcess child =
        start(
            "setsid bash -c 'echo $$ > away; exec sleep 1000' &\n"
                + "setsid env -i bash -c 'echo $$ > bare; exec sleep 1000' &\n"
                + "wait");
    long away = awaitPid("away");
    long bare = awaitPid("bare");

    awaitSleep(away, cookie);
    assertThat(ProcessTree.find(cookie)).extracting(ProcessTree.Member::pid).contains(away);
    assertThat(ProcessTree.find(cookie, child.pid()))
        .extracting(ProcessTree.Member::pid)
        .contains(child.pid(), away, bare)
        .doesNotContain(ProcessHandle.current().pid());
    assertThat(ProcessTree.find(cookie + "0")).isEmpty();

    TreeTermination end = begin(child, System.nanoTime());
    CompletableFuture<Exit> exit = CompletableFuture.supplyAsync(child::await);
    await()
        .until(
            () -> end.advance(System.nanoTime(), new ProcessLook()) == TreeTermination.Stage.GONE);
    assertThat(exit.join().signal()).isEqualTo(LibC.SIGTERM);
    assertThat(isRunning(away)).isFalse();
    await("whose TERM nobody sees through once its parent is gone").until(() -> !isRunning(bare));
  }

  @Test
  void termination_letsTheRestOfTheGroupCleanUp_whenItsLeaderEndsAtOnce() throws Exception {
    ChildProcess child =
        start(
            "bash -c 'trap \"echo cleaned > cleaned; exit 0\" TERM; echo $$ > worker;"
                + " while :; do read -rt 0.05 < <(sleep 1); done' & wait");
    long worker = awaitPid("worker");
    CompletableFuture<Exit> exit = CompletableFuture.supplyAsync(child::await);

    TreeTermination end = begin(child, System.nanoTime());
    await()
        .until(
            () -> end.advance(System.nanoTime(), new ProcessLook()) == TreeTermination.Stage.GONE);

    assertThat(exit.join().signal()).isEqualTo(LibC.SIGTERM);
    assertThat(isRunning(worker)).isFalse();
    assertThat(directory.resolve("cleaned")).exists();
  }

  @Test
  void leftoversOfATask_areLookedForAmongThoseThatAreNotOlder() throws Exception {
    String resisting = "trap '' TERM; echo $$ > %s; exec sleep 1000";
    ChildProcess older = start(resisting.formatted("older"));
    awaitPid("older");
    long ticks = ProcessTree.startTicks(older.pid());
    await().until(() -> startTicksOfANewProcess() > ticks);
    ChildProcess child =
        start(
            "setsid bash -c \"%s\" & wait"
                .formatted(resisting.formatted("left").replace("$", "\\$")));
    long left = awaitPid("left");
    awaitSleep(left, cookie);
    TreeTermination end = begin(child, System.nanoTime());
    CompletableFuture<Exit> exit = CompletableFuture.supplyAsync(child::await);
    child.releaseLeftovers();
    exit.join();
    assertThat(isRunning(left)).isTrue();

    end.killLeftovers();

    assertThat(isRunning(left)).isFalse();
    assertThat(isRunning(older.pid())).isTrue();
    older.signalGroup(LibC.SIGKILL);
    older.await();
  }

  private long startTicksOfANewProcess() throws SpawnException {
    ChildProcess process = start("exit");
    long ticks = ProcessTree.startTicks(process.pid()); // a zombie has them too
    process.await();
    return ticks;
  }

  @Test
  void termination_kills_whenTheGraceIsOver() throws Exception {
    ChildProcess child =
        start(
            "trap '' TERM; setsid bash -c 'echo $$ > away; while :; do sleep 0.1; done' &"
                + " echo $$ > leader; while :; do sleep 0.1; done");
    long away = awaitPid("away");
    awaitPid("leader");
    CompletableFuture<Exit> exit = CompletableFuture.supplyAsync(child::await);
    long start = System.nanoTime();

    TreeTermination end = begin(child, start);
    assertThat(end.advance(start + GRACE.toNanos() - 1, new ProcessLook()))
        .isEqualTo(TreeTermination.Stage.ASKED);
    assertThat(isRunning(away)).isTrue();
    assertThat(end.advance(start + GRACE.toNanos(), new ProcessLook()))
        .isEqualTo(TreeTermination.Stage.KILLED);

    await()
        .until(
            () ->
                end.advance(start + GRACE.toNanos(), new ProcessLook())
                    == TreeTermination.Stage.GONE);
    assertThat(exit.join().signal()).isEqualTo(LibC.SIGKILL);
    assertThat(isRunning(away)).isFalse();
  }
}
