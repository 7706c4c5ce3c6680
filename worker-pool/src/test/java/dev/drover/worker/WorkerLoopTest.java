package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkerLoopTest {
  private static final List<TaskAssignment> END = new ArrayList<>();

  private final BlockingQueue<List<TaskAssignment>> inbox = new LinkedBlockingQueue<>();
  private final List<Long> sent = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> recalled = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<WorkerLoop> loop = new AtomicReference<>();
  private final CountDownLatch sourceEnded = new CountDownLatch(1);

  private final OutcomeSink sink =
      new OutcomeSink() {
        private final List<Long> batch = new ArrayList<>();

        @Override
        public void finished(TaskOutcome outcome) {
          batch.add(outcome.id().value());
        }

        @Override
        public void flush() {
          batches.add(batch.size()); // first: tests wait for what was sent
          sent.addAll(batch);
          batch.clear();
        }
      };

  /** An empty list from the inbox stands for the manager's recall. */
  private List<TaskAssignment> take() {
    try {
      while (true) {
        List<TaskAssignment> tasks = inbox.take();
        if (tasks == END) {
          return null;
        }
        if (!tasks.isEmpty()) {
          return tasks;
        }
        loop.get().recall().forEach(id -> recalled.add(id.value()));
      }
    } catch (InterruptedException e) {
      return null;
    }
  }

  private Thread start(Function<TaskAssignment, TaskOutcome> runner) {
    loop.set(new WorkerLoop(this::take, sink, runner, sourceEnded::countDown));
    Thread thread = new Thread(loop.get()::run, "runner");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static TaskOutcome done(TaskAssignment task) {
    return TaskOutcome.without(task.id(), 1, Ending.SUCCEEDED, "", 1);
  }

  private static List<TaskAssignment> tasks(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(id -> Tasks.of(id, dev.drover.task.Payload.EMPTY))
        .toList();
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tasksRunInTheirOrder_andOutcomesTravelInBatches() throws Exception {
    inbox.add(tasks(1, 200));
    Thread thread = start(WorkerLoopTest::done);
    await().until(() -> sent.size() == 200);
    assertThat(sent).isSorted();
    assertThat(batches).allMatch(size -> size <= 32);
    inbox.add(END);
    thread.join();
  }

  @Test
  void anOutcome_isSentAtOnceWhenNothingElseIsQueued() {
    start(WorkerLoopTest::done);
    inbox.add(tasks(1, 1));
    await().until(() -> sent.size() == 1);
    assertThat(batches).containsExactly(1);
  }

  @Test
  void outcomesDoNotWaitBehindATaskThatRunsLong() {
    CountDownLatch release = new CountDownLatch(1);
    start(
        task -> {
          if (task.id().value() == 3) {
            hold(release);
          }
          return done(task);
        });
    inbox.add(tasks(1, 3));
    await().until(() -> sent.size() == 2);
    assertThat(sent).containsExactly(1L, 2L);
    release.countDown();
    await().until(() -> sent.size() == 3);
  }

  @Test
  void recalledTasks_areThoseNotBegun_andNeverRun() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    start(
        task -> {
          begun.countDown();
          hold(release);
          return done(task);
        });
    inbox.add(tasks(1, 5));
    hold(begun);
    inbox.add(List.of());
    await().until(() -> recalled.size() == 4);
    assertThat(recalled).containsExactly(2L, 3L, 4L, 5L);
    release.countDown();
    await().until(() -> sent.size() == 1);
    inbox.add(tasks(6, 6));
    await().until(() -> sent.size() == 2);
    assertThat(sent).containsExactly(1L, 6L);
  }

  @Test
  void underManyRecalls_eachTaskIsEitherRunOrGivenBack() {
    start(WorkerLoopTest::done);
    for (int round = 0; round < 500; round++) {
      inbox.add(tasks(round * 20L + 1, round * 20L + 20));
      inbox.add(List.of());
    }
    await().until(() -> sent.size() + recalled.size() >= 10_000);
    List<Long> all = new ArrayList<>(sent);
    all.addAll(recalled);
    assertThat(all).hasSize(10_000).doesNotHaveDuplicates();
  }

  @Test
  void whatTheRunnerThrows_isAnOutcomeToo() {
    start(
        task -> {
          throw new IllegalStateException("no such classpath");
        });
    inbox.add(tasks(1, 1));
    await().until(() -> sent.equals(List.of(1L)));
  }

  @Test
  void whenTheSourceEnds_theReaderSaysSoAtOnce_andTheLoopEndsAfterTheRunningTask()
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread thread =
        start(
            task -> {
              begun.countDown();
              hold(release);
              return done(task);
            });
    inbox.add(tasks(1, 3));
    hold(begun);
    inbox.add(END);
    sourceEnded.await();
    assertThat(thread.isAlive()).isTrue();
    release.countDown();
    thread.join();
    assertThat(sent).containsExactly(1L);
    assertThat(loop.get().recall()).isEqualTo(List.<TaskId>of());
  }
}
