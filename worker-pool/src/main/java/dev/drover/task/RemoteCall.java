package dev.drover.task;

import java.io.Serializable;

/**
 * A function that can travel to a worker. {@code index} is the task's place in its array, counted
 * from 0, or -1 for a task of its own.
 */
@FunctionalInterface
public interface RemoteCall<T> extends Serializable {
  T call(long index) throws Exception;
}
