package dev.drover.executor;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Futures that are waited for together, and cancelled once nobody waits for them any more. */
final class FutureGroup<T> {
  private final List<TaskFuture<T>> futures;

  FutureGroup(List<TaskFuture<T>> futures) {
    this.futures = futures;
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
