package dev.drover.executor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Futures that are waited for together, and cancelled once nobody waits for them any more. */
final class FutureGroup<T> {
  private final List<TaskFuture<T>> futures;

  FutureGroup(List<TaskFuture<T>> futures) {
    this.futures = futures;
  }

  /**
   * Submits all tasks, or none: should one be refused, those before it are cancelled.
   *
   * @param submit throws when it refuses a task
   */
  static <T> FutureGroup<T> of(
      Collection<? extends Callable<T>> tasks, Function<Callable<T>, TaskFuture<T>> submit) {
    List<TaskFuture<T>> futures = new ArrayList<>(tasks.size());
    FutureGroup<T> group = new FutureGroup<>(futures);
    try {
      for (Callable<T> task : tasks) {
        futures.add(submit.apply(task));
      }
      return group;
    } catch (RuntimeException | Error e) {
      group.cancel();
      throw e;
    }
  }

  /** The futures in the order of their tasks. */
  List<Future<T>> futures() {
    return List.copyOf(futures);
  }

  /** Blocks until all have ended or the time is over; those that have not are cancelled then. */
  void awaitAll(long timeout, TimeUnit unit) throws InterruptedException {
    CompletableFuture<Void> all = CompletableFuture.allOf(futures.toArray(TaskFuture[]::new));
    try {
      all.get(timeout, unit);
    } catch (ExecutionException e) {
      // each future tells its own end
    } catch (TimeoutException e) {
      cancel();
    } catch (InterruptedException e) {
      cancel();
      throw e;
    }
  }

  /** Blocks until one has succeeded or the time is over; the others are cancelled. */
  T awaitAny(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<T> first = new CompletableFuture<>();
    AtomicLong left = new AtomicLong(futures.size());
    for (TaskFuture<T> future : futures) {
      future.whenComplete(
          (value, problem) -> {
            if (problem == null) {
              first.complete(value);
            } else if (left.decrementAndGet() == 0) {
              first.completeExceptionally(problem);
            }
          });
    }
    try {
      return first.get(timeout, unit);
    } finally {
      cancel();
    }
  }

  private void cancel() {
    futures.forEach(future -> future.cancel(true));
  }
}
