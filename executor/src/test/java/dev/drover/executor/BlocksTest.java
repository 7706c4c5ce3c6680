package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks as real processes: those that never work, those that are killed, scaling. */
@Timeout(300)
class BlocksTest {
  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "provider.worker-init=echo no such module >&2; exit 1",
        "provider.worker-init=echo no such module >&2; exit 0",
        "provider.worker-init=echo no such module >&2; false",
        "executor.java=/nonexistent/java"
      })
  void aBlockThatEndsWithoutAManager_isABadStateThatNamesScriptAndStderr(String setting)
      throws Exception {
    try (TestRun run = TestRun.start(home, setting)) {
      TaskFuture<TaskReport> waiting = run.line("true");

      assertThatThrownBy(() -> waiting.get(120, TimeUnit.SECONDS))
          .hasCauseInstanceOf(BadStateException.class)
          .hasMessageContaining("ended before a manager registered")
          .hasMessageContaining("submit.sh")
          .hasMessageContaining(setting.contains("java") ? "/nonexistent/java" : "no such module");
      assertThatThrownBy(() -> run.line("true")).isInstanceOf(BadStateException.class);
      assertThat(run.executor.status().badState()).isPresent();
      assertThat(script(waiting)).exists();
    }
  }

  private static Path script(TaskFuture<?> failed) throws InterruptedException {
    try {
      failed.get();
      return null;
    } catch (java.util.concurrent.ExecutionException e) {
      String text = e.getCause().getMessage();
      int from = text.indexOf("script: ") + "script: ".length();
      return Path.of(text.substring(from, text.indexOf('\n', from)).strip());
    }
  }

  @Test
  void aBlockThatIsKilledWhole_isReplaced_andItsTasksRunAgain() throws Exception {
    try (TestRun run = TestRun.start(home, TestRun.QUICK)) {
      TaskFuture<TaskReport> future =
          run.line(
              "echo > %s/began; if [ $DROVER_TASK_ATTEMPT -eq 1 ]; then sleep 60; fi"
                  .formatted(home));
      await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("began")));

      long session = session(Processes.managers(home).get(0).pid());
      for (Processes.Seen process : Processes.of(home)) {
        if (session(process.pid()) == session) {
          process.signal("KILL");
        }
      }

      TaskReport report = get(future);
      assertThat(report.outcome().attempt()).isEqualTo(2);
      assertThat(report.block()).isEqualTo("b-0002");
      assertThat(run.executor.status().blocks())
          .filteredOn(block -> block.id().equals("b-0001"))
          .extracting(ExecutorStatus.Block::state)
          .containsExactly("ended");
    }
  }

  private static long session(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3]);
    } catch (IOException e) {
      return -1; // it has ended, perhaps between the opening and the reading
    }
  }

  private static List<String> blocksThatCame(TestRun run) {
    return run.executor.status().blocks().stream()
        .filter(block -> Set.of("live", "draining", "ended").contains(block.state()))
        .map(ExecutorStatus.Block::id)
        .toList();
  }

  private static List<String> liveBlocks(TestRun run) {
    return run.executor.status().managers().stream()
        .map(ExecutorStatus.Manager::block)
        .sorted()
        .toList();
  }

  @Test
  void blocksComeAndGo_byHandAndByWhatThereIsToDo() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            "worker.max-per-node=1",
            "provider.init-blocks=0",
            "provider.min-blocks=0",
            "provider.max-blocks=3",
            "provider.max-idle-time=4s")) {
      assertThat(run.executor.status().blocks()).isEmpty();

      run.executor.scaleOut(2);
      await() // one may be given back before the other has come, and before anybody looks
          .atMost(TestRun.PATIENCE)
          .until(() -> Set.copyOf(blocksThatCame(run)).equals(Set.of("b-0001", "b-0002")));

      run.executor.scaleIn(List.of("b-0001"));
      await().atMost(TestRun.PATIENCE).until(() -> !liveBlocks(run).contains("b-0001"));

      await("idle blocks are given back")
          .atMost(TestRun.PATIENCE)
          .until(() -> liveBlocks(run).isEmpty() && Processes.managers(home).isEmpty());

      TaskFuture<TaskReport> first = run.line("sleep 3");
      TaskFuture<TaskReport> second = run.line("sleep 3");
      TaskFuture<TaskReport> third = run.line("sleep 3");
      for (TaskFuture<TaskReport> future : List.of(first, second, third)) {
        assertThat(get(future).outcome().attempt()).isEqualTo(1);
      }
      assertThat(run.executor.status().blocks()).hasSizeGreaterThanOrEqualTo(4);
      assertThat(run.executor.status().blocks())
          .noneMatch(block -> block.id().compareTo("b-0005") > 0);
    }
  }

  @Test
  void aBlockWhoseManagerStandsStillForGood_isGivenUpForAnother() throws Exception {
    try (TestRun run =
        TestRun.start(
            home,
            TestRun.and(TestRun.QUICK, "worker.max-per-node=1", "executor.start-timeout=25s"))) {
      TaskFuture<TaskReport> future =
          run.line(
              "echo > %s/began; if [ $DROVER_TASK_ATTEMPT -eq 1 ]; then sleep 60; fi"
                  .formatted(home));
      await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("began")));

      Processes.managers(home).get(0).signal("STOP");

      assertThat(get(future).block()).isEqualTo("b-0002");
    }
  }
}
