package dev.drover.task;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A function that can travel to a worker. {@code index} is the task's place in its array, or -1 for
 * a task of its own.
 */
@FunctionalInterface
public interface RemoteCall<T> extends Serializable {
  T call(long index) throws Exception;

  /** A callable as a function; it travels if it is serializable. */
  static <T> RemoteCall<T> of(Callable<T> callable) {
    return index -> callable.call();
  }

  /** A runnable as a function that returns {@code value}; it travels if it is serializable. */
  static <T> RemoteCall<T> of(Runnable runnable, T value) {
    return index -> {
      runnable.run();
      return value;
    };
  }
}
