package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.protocol.ManagerId;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Managers that are killed, stopped, held, drained, or started by hand. Silences are short only
 * where one is the matter: a busy machine makes them, too.
 */
@Timeout(300)
class ManagerFaultsTest {
  @TempDir Path home;

  private static void awaitManagers(TestRun run, int count) {
    await(count + " managers")
        .atMost(TestRun.PATIENCE)
        .until(
            () ->
                run.executor.status().managers().stream()
                        .filter(m -> m.state().equals("active"))
                        .count()
                    == count);
  }

  private static void awaitFile(Path file) {
    await(file.toString())
        .atMost(TestRun.PATIENCE)
        .until(() -> Files.exists(file) && Files.size(file) > 0);
  }

  /** Writes the time again and again; ends by itself at a later attempt than the first. */
  private String stamping() {
    return ("n=0; while [ $n -lt 1500 ]; do date +%%s%%N >> %s/stamps.$DROVER_TASK_ATTEMPT; sleep 0.02; "
            + "n=$((n+1)); if [ $DROVER_TASK_ATTEMPT -gt 1 ] && [ $n -gt 20 ]; then exit 0; fi; done; exit 9")
        .formatted(home);
  }

  private void assertAttemptsDidNotOverlap() throws Exception {
    List<String> first = Files.readAllLines(home.resolve("stamps.1"));
    List<String> second = Files.readAllLines(home.resolve("stamps.2"));
    assertThat(Long.parseLong(first.get(first.size() - 1)))
        .isLessThan(Long.parseLong(second.get(0)));
  }

  @Test
  void aKilledManager_takesItsTasksProcessesWithIt_andTheyRunAgainInANewBlock() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            TestRun.and(TestRun.QUICK, "worker.max-per-node=2", "worker.cores-per-worker=0.5"))) {
      TaskFuture<TaskReport> again = run.line(stamping());
      TaskFuture<TaskReport> givenUp =
          run.line(
              "echo $$ > %s/pid; sleep 60".formatted(home),
              Duration.ZERO,
              new TaskOptions(0, 0, 0));
      awaitFile(home.resolve("stamps.1"));
      awaitFile(home.resolve("pid"));
      List<TaskFuture<TaskReport>> others = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        others.add(run.line("true"));
      }

      Processes.managers(home).get(0).signal("KILL");

      TaskReport report = get(again);
      assertThat(report.outcome().attempt()).isEqualTo(2);
      assertThat(report.lostAttempts()).isEqualTo(1);
      assertThat(report.block()).isEqualTo("b-0002");
      assertAttemptsDidNotOverlap();
      TaskFailedException failure = failure(givenUp);
      assertThat(failure.report().outcome().ending()).isEqualTo(Ending.MANAGER_LOST);
      assertThat(failure).hasMessageContaining("was lost: ");
      long pid = Long.parseLong(Files.readString(home.resolve("pid")).strip());
      await().atMost(TestRun.PATIENCE).until(() -> !Processes.isAlive(pid));
      for (TaskFuture<TaskReport> other : others) {
        assertThat(get(other).lostAttempts()).isZero();
      }
    }
  }

  @Test
  void aStoppedManager_isFencedBeforeItsTaskRunsAgain_andRegistersWhenItGoesOn() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            TestRun.and(
                TestRun.QUICK,
                "worker.max-per-node=1",
                "provider.init-blocks=2",
                "provider.min-blocks=2",
                "provider.max-blocks=2"))) {
      awaitManagers(run, 2);
      Set<String> ids = ids(run);
      TaskFuture<TaskReport> future = run.line(stamping());
      awaitFile(home.resolve("stamps.1"));
      String busy =
          run.executor.status().managers().stream()
              .filter(m -> m.tasks() > 0)
              .findAny()
              .orElseThrow()
              .block();
      Processes.Seen stopped =
          Processes.managers(home).stream()
              .filter(m -> m.command().contains("--block=" + busy))
              .findAny()
              .orElseThrow();

      stopped.signal("STOP");

      TaskReport report = get(future);
      assertThat(report.outcome().attempt()).isEqualTo(2);
      assertThat(report.block()).isNotEqualTo(busy);
      assertAttemptsDidNotOverlap();

      stopped.signal("CONT");

      awaitManagers(run, 2);
      assertThat(ids(run)).isEqualTo(ids);
      assertThat(get(run.line("true")).outcome().attempt()).isEqualTo(1);
    }
  }

  private static Set<String> ids(TestRun run) {
    return Set.copyOf(
        run.executor.status().managers().stream().map(ExecutorStatus.Manager::id).toList());
  }

  @Test
  void commandsThatWaitInAStoppedManager_doNotBeginThere_onceTheyAreAnothers() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            TestRun.and(
                TestRun.QUICK,
                "worker.max-per-node=1",
                "provider.init-blocks=2",
                "provider.min-blocks=2",
                "provider.max-blocks=2"))) {
      awaitManagers(run, 2);
      Path begun = Files.createDirectory(home.resolve("begun"));
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        futures.add(run.line("/bin/true")); // commands are known to be short here
      }
      Path stopped = home.resolve("stopped");
      futures.add(
          run.line(
              "[ $DROVER_TASK_ATTEMPT -gt 1 ] || { sleep 0.03; echo $PPID > %s; kill -STOP $PPID; sleep 60; }"
                  .formatted(stopped)));
      for (int i = 0; i < 300; i++) {
        futures.add(run.line("/usr/bin/touch " + begun.resolve("" + i)));
      }
      await().atMost(TestRun.PATIENCE).until(() -> futures.stream().allMatch(TaskFuture::isDone));
      FileTime goesOn = FileTime.from(Instant.now());
      String pid = Files.readString(stopped).strip();
      new ProcessBuilder("kill", "-CONT", pid).start().waitFor();
      awaitManagers(run, 2);

      for (TaskFuture<TaskReport> future : futures) {
        get(future);
      }
      assertThat(get(futures.get(300)).outcome().attempt()).isEqualTo(2);
      for (Path file : entries(begun)) {
        assertThat(Files.getLastModifiedTime(file)).as("%s, begun", file).isLessThan(goesOn);
      }
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  @Test
  void functionsInTheHandsOfAStoppedManager_allSucceedWhenItComesBack() throws Exception {
    Gate last = Gate.in(home);
    try (TestRun run = TestRun.start(home, TestRun.QUICK)) {
      get(run.executor.submit(() -> 1));
      AtomicLong succeeded = new AtomicLong();
      Set<String> ends = ConcurrentHashMap.newKeySet();
      CountDownLatch left = new CountDownLatch(60_000);
      CountDownLatch some = new CountDownLatch(2_000);
      run.executor.callArray(
          index -> {
            if (index == 59_999) { // one at least is left
              last.pass();
            }
            return index;
          },
          0,
          60_000,
          report -> {
            if (report.outcome().ending().isSuccess()) {
              succeeded.incrementAndGet();
            } else {
              ends.add(report.outcome().ending() + " " + report.outcome().message());
            }
            some.countDown();
            left.countDown();
          });
      assertThat(some.await(120, TimeUnit.SECONDS)).isTrue();
      Processes.Seen manager = Processes.managers(home).get(0);

      manager.signal("STOP");
      await().atMost(TestRun.PATIENCE).until(() -> run.executor.status().managers().isEmpty());
      assertThat(left.getCount()).isPositive();
      manager.signal("CONT");
      last.open();

      assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(ends).isEmpty();
      assertThat(succeeded).hasValue(60_000);
    }
  }

  @Test
  void aManagerThatIsToldToEnd_leavesInOrder_andItsTaskRunsAgainElsewhere() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.max-per-node=1")) {
      TaskFuture<TaskReport> future = run.line(stamping());
      TaskFuture<TaskReport> waiting = run.line("true");
      awaitFile(home.resolve("stamps.1"));
      Processes.Seen manager = Processes.managers(home).get(0);

      manager.signal("TERM");

      TaskReport report = get(future);
      assertThat(report.outcome().attempt()).isEqualTo(2);
      assertThat(report.lostAttempts()).isEqualTo(1);
      assertAttemptsDidNotOverlap();
      assertThat(get(waiting).outcome().attempt()).isEqualTo(1);
      assertThat(Processes.isAlive(manager.pid())).isFalse();
    }
  }

  @Test
  void aHeldManagerGetsNothing_untilItIsLetGo_andADrainedOneFinishesAndLeaves() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.max-per-node=1")) {
      awaitManagers(run, 1);
      String id = run.executor.status().managers().get(0).id();
      run.executor.hold(new ManagerId(id), true);
      TaskFuture<TaskReport> waiting = run.line("true");
      await()
          .during(Duration.ofMillis(400))
          .atMost(TestRun.PATIENCE)
          .until(() -> !waiting.isDone() && run.executor.status().assigned() == 0);
      assertThat(state(run, id)).isEqualTo("held");

      run.executor.hold(new ManagerId(id), false);
      get(waiting);

      TaskFuture<TaskReport> running =
          run.line("echo > %1$s/began; until [ -e %1$s/go ]; do sleep 0.02; done".formatted(home));
      awaitFile(home.resolve("began"));
      run.executor.drain(new ManagerId(id));
      TaskFuture<TaskReport> later = run.line("true");
      await().atMost(TestRun.PATIENCE).until(() -> state(run, id).equals("draining"));
      Files.createFile(home.resolve("go"));

      assertThat(get(running).manager()).isEqualTo(id);
      assertThat(get(later).manager()).isNotEqualTo(id);
      assertThat(get(later).outcome().attempt()).isEqualTo(1);
    }
  }

  private static String state(TestRun run, String manager) {
    return run.executor.status().managers().stream()
        .filter(m -> m.id().equals(manager))
        .map(ExecutorStatus.Manager::state)
        .findAny()
        .orElse("gone");
  }

  @Test
  void managersDrainAfterTheirPeriod_andTheWorkGoesOnInNewBlocks() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.max-per-node=1", "worker.drain-period=6s")) {
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        futures.add(run.line("sleep 0.3"));
      }
      Set<String> managers = new java.util.HashSet<>();
      for (TaskFuture<TaskReport> future : futures) {
        TaskReport report = get(future);
        assertThat(report.outcome().attempt()).isEqualTo(1);
        managers.add(report.manager());
      }
      assertThat(managers).hasSizeGreaterThan(1);
    }
  }

  @Test
  void aManagerStartedByHand_joinsALiveRun() throws Exception {
    try (TestRun run = TestRun.start(home, "provider.worker-init=sleep 600")) {
      TaskFuture<TaskReport> future = run.line("echo here");
      Process manager = ManagerByHand.start(run, "127.0.0.1");

      TaskReport report = get(future);

      assertThat(report.block()).isEmpty();
      assertThat(run.stdout(report)).isEqualTo("here\n");
      run.close();
      assertThat(manager.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(manager.exitValue()).isZero();
      try (Stream<Path> left = Files.list(home.resolve("scratch"))) {
        assertThat(left.filter(p -> !p.toString().contains("drover-jars"))).isEmpty();
      }
    }
  }
}
