package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallbackPoolTest {
  private final CallbackPool pool = new CallbackPool();
  private final List<Long> told = Collections.synchronizedList(new ArrayList<>());

  private static TaskReport report(long id) {
    return new TaskReport(
        TaskOutcome.without(new TaskId(id), 1, Ending.CANCELLED, "", 0), "", "", "", 0);
  }

  /** Each may block, so that each hands the rest to another thread. */
  @Test
  void whatIsDueWhenItCloses_isToldAllTheSame() {
    for (long id = 1; id <= 10_000; id++) {
      pool.add(report(id), ended -> told.add(ended.id().value()));
    }

    pool.close();

    assertThat(told).hasSize(10_000).doesNotHaveDuplicates();
  }

  @Test
  void whatMayNotBlock_isToldInOrder() {
    Completion quick =
        new Completion() {
          @Override
          public void complete(TaskReport ended) {
            told.add(ended.id().value());
          }

          @Override
          public boolean mayBlock() {
            return false;
          }
        };
    CountDownLatch go = new CountDownLatch(1);
    pool.add(report(9_999), ended -> awaitQuietly(go)); // holds the first thread
    for (long id = 1; id <= 1_000; id++) {
      pool.add(report(id), quick);
    }

    await().atMost(TestRun.PATIENCE).until(() -> told.size() == 1_000);
    assertThat(told).containsExactlyElementsOf(LongStream.rangeClosed(1, 1_000).boxed().toList());
    go.countDown();
    pool.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
