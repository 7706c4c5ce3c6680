package dev.drover.manager;

import static dev.drover.manager.ManagerDriver.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.process.ChildProcess;
import dev.drover.process.Environment;
import dev.drover.process.Exit;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessSpawner;
import dev.drover.process.ProcessTree;
import dev.drover.process.SpawnRequest;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SlotWorkTest {
  private final AtomicBoolean mayBegin = new AtomicBoolean(true);
  private final SlotWork work = new SlotWork(mayBegin::get, Duration.ofSeconds(20));
  private final List<Long> begun = new ArrayList<>();

  private static TaskAssignment task(long id) {
    return ManagerDriver.task(id, ManagerDriver.shell(Duration.ZERO), 1);
  }

  private void add(long id) {
    work.add(task(id), () -> begun.add(id));
  }

  private void follows(long... ids) {
    for (long id : ids) {
      work.addFollowing(task(id), () -> begun.add(id));
    }
  }

  private void begin(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      work.take().run();
    }
  }

  @Test
  void jobsComeInTheirOrder_andWhatFollowsIsTakenBack_untilItBegins() throws Exception {
    add(1);
    follows(2, 3, 4);
    begin(2);

    assertThat(work.recall()).isEqualTo(ids(3, 4));
    assertThat(work.recall()).isEmpty();
    assertThat(work.waiting()).isZero();
    assertThat(begun).containsExactly(1L, 2L);
  }

  @Test
  void whatTheSlotWasFreeFor_isNeverTakenBack() throws Exception {
    add(1);
    follows(2);

    assertThat(work.recall()).isEqualTo(ids(2));
    begin(1);
    assertThat(begun).containsExactly(1L);
  }

  @Test
  void noTaskBegins_whileTheLoopDoesNotTurn_butItCanBeTakenBack() throws Exception {
    add(1);
    follows(2, 3);
    begin(1);
    mayBegin.set(false);
    Thread thread = new Thread(this::takeAndRun);
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(work.waiting()).isEqualTo(2);

    assertThat(work.recall()).isEqualTo(ids(2, 3));
    follows(4);
    mayBegin.set(true);
    thread.join();

    assertThat(begun).containsExactly(1L, 4L);
  }

  private void takeAndRun() {
    try {
      work.take().run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTaskThatWasTakenBeforeAStandstill_waitsForTheLoop_andDoesNotBeginWhenItIsAnothers()
      throws Exception {
    add(1);
    begin(1);
    assertThat(work.beforeBegin()).isEmpty();
    mayBegin.set(false);
    AtomicReference<Optional<Ending>> answer = new AtomicReference<>();
    Thread thread = new Thread(() -> answer.set(work.beforeBegin()));
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

    work.end(new TaskId(1), false);
    mayBegin.set(true);
    thread.join();

    assertThat(answer.get()).contains(Ending.CANCELLED);
    assertThat(work.over()).isEmpty();
    assertThat(work.isEnding()).isFalse();
  }

  @Test
  void theStartOfAWorker_doesNotAskForTheLoop() throws Exception {
    mayBegin.set(false);
    work.add(() -> begun.add(7L));
    begin(1);
    assertThat(begun).containsExactly(7L);
  }

  @Test
  void anEndThatComesTooLate_isNotMeantForTheNextTask() throws Exception {
    add(1);
    follows(2);
    begin(1);
    assertThat(work.over()).isEmpty();
    begin(1);

    work.end(new TaskId(1), true);

    assertThat(work.isEnding()).isFalse();
    ChildProcess child = sleeper("2");
    work.begin(child, cookie("2"));
    work.advanceEnding(new ProcessLook());
    assertThat(work.over()).isEmpty();
    assertThat(child.isReaped()).isFalse();
    child.signalGroup(9);
    child.await();
  }

  @Test
  void anEndThatIsAskedForBeforeTheTaskBegins_isCarriedOutWhenItDoes() throws Exception {
    add(1);
    work.end(new TaskId(1), true);
    assertThat(work.isEnding()).isTrue();
    begin(1);
    ChildProcess child = sleeper("1");
    work.begin(child, cookie("1"));

    CompletableFuture<Exit> end = CompletableFuture.supplyAsync(child::await);
    await()
        .until(
            () -> {
              work.advanceEnding(new ProcessLook());
              return end.isDone();
            });

    assertThat(end.get().signal()).isEqualTo(15);
    assertThat(work.over()).contains(Ending.TIMED_OUT);
    assertThat(work.isEnding()).isFalse();
  }

  @Test
  void aProcessThatBeganAfterTheLook_isEndedAtTheNextOne_whichSeesWhatItStarted() throws Exception {
    ProcessLook early = new ProcessLook();
    assertThat(early.sees(System.nanoTime())).isTrue(); // it is taken now
    add(1);
    begin(1);
    ChildProcess child = sleeper("1");
    work.begin(child, cookie("1"));
    work.end(new TaskId(1), true);

    work.advanceEnding(early);
    assertThat(work.isBeingEnded()).isFalse();

    work.advanceEnding(new ProcessLook());
    assertThat(work.isBeingEnded()).isTrue();
    assertThat(work.unfinishedEnd()).isPresent();
    CompletableFuture<Exit> end = CompletableFuture.supplyAsync(child::await);
    await()
        .until(
            () -> {
              work.advanceEnding(new ProcessLook());
              return end.isDone();
            });
    assertThat(end.join().signal()).isEqualTo(15);
    assertThat(work.unfinishedEnd()).as("it was seen to be gone").isEmpty();
  }

  @Test
  void aFunction_isInterrupted() throws Exception {
    work.add(task(1), () -> {});
    begin(1);
    work.beginFunction();

    work.end(new TaskId(1), false);
    work.advanceEnding(new ProcessLook());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(work.over()).contains(Ending.CANCELLED);
  }

  private static String cookie(String task) {
    return ProcessTree.TASK_VARIABLE + "=slot-work-test/" + task;
  }

  private static ChildProcess sleeper(String task) throws Exception {
    Environment environment =
        Environment.ofThisProcess().with(ProcessTree.TASK_VARIABLE, "slot-work-test/" + task);
    return new ProcessSpawner()
        .start(SpawnRequest.of(List.of("sleep", "60"), environment, Path.of("/")));
  }
}
