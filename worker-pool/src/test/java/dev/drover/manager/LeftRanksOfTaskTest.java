package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.mpi.LeftRanks;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * When the end of a task with ranks asks for what they left on other nodes, and what of it is told.
 */
@Timeout(60)
class LeftRanksOfTaskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** No other test of this JVM has it: processes are told by it. */
  private static final long ID = 4_711;

  @TempDir Path directory;

  private final List<List<String>> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch gone = new CountDownLatch(1);
  private final CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
  private volatile Optional<String> mayStillRun = Optional.empty();
  private SlotThread thread;

  @AfterEach
  void close() {
    gone.countDown();
    if (thread != null) {
      thread.close();
    }
  }

  /** Ranks elsewhere that are gone when the test says so. */
  private Optional<String> end(List<String> nodes, Duration patience) {
    asked.add(nodes);
    try {
      gone.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return mayStillRun;
  }

  private TaskAssignment run(String command, ResourceRequest request) throws Exception {
    LeftRanks leftRanks = this::end;
    SlotTools tools = ThisManager.toolsOfLeadNode(directory, List.of("n1", "n2", "n3"), leftRanks);
    tools.leaseUntil(System.nanoTime() + 10 * PATIENCE.toNanos());
    thread = new SlotThread(0, tools, isUrgent -> thread.takeEnded().forEach(outcome::complete));
    TaskSpec spec = new TaskSpec("", TaskWork.Shell.line(command), request, Duration.ZERO);
    TaskAssignment task =
        request.isMpi()
            ? given(ID, spec, new NodeShare("n1", List.of()), new NodeShare("n2", List.of()))
            : ManagerDriver.task(ID, spec, 1);
    thread.run(task, tools.shareOf(0, List.of(), task));
    return task;
  }

  private TaskAssignment runRanks(String command) throws Exception {
    return run(command, new ResourceRequest(0, 0, 0, 2, 1));
  }

  private TaskOutcome outcome() throws Exception {
    return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void awaitAsked() {
    await().atMost(PATIENCE).until(() -> !asked.isEmpty());
    assertThat(asked).containsExactly(List.of("n1", "n2"));
  }

  private void end(TaskAssignment task) {
    thread.ofThread().end(task.id(), true);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              thread.ofThread().advanceEnding(new ProcessLook());
              return !asked.isEmpty() || outcome.isDone();
            });
  }

  private void awaitFile(String name) {
    await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve(name)));
  }

  @Test
  void aTaskThatEndsByItself_asksNobody() throws Exception {
    runRanks("exit 3");

    assertThat(outcome().exitCode()).isEqualTo(3);
    assertThat(asked).isEmpty();
  }

  @Test
  void aTaskThatIsEnded_isOverWhenItsRanksAreGone_andNotBefore() throws Exception {
    TaskAssignment task = runRanks("trap '' TERM; touch up; while :; do sleep 1000; done");
    awaitFile("up");

    end(task);

    awaitAsked();
    assertThat(outcome).isNotDone();
    gone.countDown();
    assertThat(outcome().ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(outcome().message()).isEqualTo("timed out after 0 s");
  }

  @Test
  void whatMayStillRun_isSaidInTheTasksMessage() throws Exception {
    mayStillRun = Optional.of("its ranks may still run on n1,n2: no answer");
    gone.countDown();
    TaskAssignment task = runRanks("touch up; exec sleep 1000");
    awaitFile("up");

    end(task);

    assertThat(outcome().message())
        .isEqualTo("timed out after 0 s; its ranks may still run on n1,n2: no answer");
  }

  @Test
  void aLauncherThatDiedBySignal_mayHaveLeftRanks() throws Exception {
    gone.countDown();
    runRanks("bash -c 'kill -9 $$'; exit $?");

    assertThat(outcome().exitCode()).isEqualTo(137);
    awaitAsked();
  }

  /**
   * Where it is in the task's own process group, its end is the kernel's and nobody counts it. Its
   * exec is over before the task ends: within it, it shows no environment, and one look is all.
   */
  @Test
  void aLauncherThatATaskLeavesBehind_isKilled_andMayHaveLeftRanks() throws Exception {
    gone.countDown();
    TaskAssignment task =
        runRanks(
            "sleep 1000 & until grep -aq ^sleep /proc/$!/cmdline"
                + " && grep -aq DROVER_TASK= /proc/$!/environ; do :; done; exit 0");

    assertThat(outcome().ending()).isEqualTo(Ending.SUCCEEDED);
    awaitAsked();
    assertThat(ProcessTree.find("DROVER_TASK=" + ThisManager.POOL + "/" + task.id() + "/1"))
        .isEmpty();
  }

  @Test
  void aTaskWithoutRanks_asksNobody_howeverItEnds() throws Exception {
    run("sleep 1000 & kill -9 $$", ResourceRequest.ONE_SLOT);

    assertThat(outcome().signal()).isEqualTo(9);
    assertThat(asked).isEmpty();
  }
}
