package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FutureGroupTest {
  private final TaskFuture.Values<String> values =
      new TaskFuture.Values<>() {
        @Override
        public String of(TaskReport report) {
          return "";
        }

        @Override
        public Throwable thrown(TaskReport report) {
          return null;
        }

        @Override
        public void cancel(TaskId id) {}

        @Override
        public BadStateException badState() {
          return null;
        }
      };
  private final TaskFuture<String> one = new TaskFuture<>(values);
  private final TaskFuture<String> other = new TaskFuture<>(values);
  private final FutureGroup<String> group = new FutureGroup<>(List.of(one, other));

  @AfterEach
  void leaveNoInterrupt() {
    Thread.interrupted();
  }

  @Test
  void whatHasNotEndedInTime_isCancelled_andTheOthersKeepTheirValues() throws Exception {
    one.complete("value");

    group.awaitAll(1, TimeUnit.NANOSECONDS);

    assertThat(one.get()).isEqualTo("value");
    assertThat(other).isCancelled();
  }

  @Test
  void allAreCancelled_whenWhoWaitsIsInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> group.awaitAll(1, TimeUnit.DAYS))
        .isInstanceOf(InterruptedException.class);
    assertThat(one).isCancelled();
    assertThat(other).isCancelled();
  }

  @Test
  void aFailureIsItsOwnFutures_whenAllAreWaitedFor() throws Exception {
    one.completeExceptionally(new IllegalStateException("broken"));
    other.complete("value");

    group.awaitAll(1, TimeUnit.DAYS);

    assertThat(one).isCompletedExceptionally();
    assertThat(other.get()).isEqualTo("value");
  }

  @Test
  void theFirstThatSucceeds_isTheValue_andTheRestIsCancelled() throws Exception {
    one.complete("first");

    assertThat(group.awaitAny(1, TimeUnit.DAYS)).isEqualTo("first");
    assertThat(other).isCancelled();
  }

  @Test
  void whereAllFail_theLastFailureIsThrown() {
    one.completeExceptionally(new IllegalStateException("one"));
    other.completeExceptionally(new IllegalStateException("other"));

    assertThatThrownBy(() -> group.awaitAny(1, TimeUnit.DAYS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("other");
  }

  @Test
  void whereATaskIsRefused_thoseBeforeItAreCancelled() {
    Iterator<TaskFuture<String>> futures = List.of(one).iterator();
    List<Callable<String>> tasks = List.of(() -> "1", () -> "2");
    assertThatThrownBy(() -> FutureGroup.of(tasks, task -> futures.next()))
        .isInstanceOf(NoSuchElementException.class);
    assertThat(one).isCancelled();
  }

  @Test
  void whereNoneEndsInTime_allAreCancelled() {
    assertThatThrownBy(() -> group.awaitAny(1, TimeUnit.NANOSECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(one).isCancelled();
    assertThat(other).isCancelled();
  }
}
