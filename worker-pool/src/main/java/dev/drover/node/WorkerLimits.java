package dev.drover.node;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the user says about the workers of one node. An empty hint limits nothing, except that
 * without {@code maxWorkers} a worker takes one core.
 *
 * @param maxWorkers the most workers a node may have, at least 1
 * @param coresPerWorker cores that one worker takes, above 0; below 1 the cores are oversubscribed
 * @param memoryPerWorkerBytes memory that one worker takes, at least 1
 * @param accelerators how many accelerators there are, one for each worker; 0 is the same as empty
 */
public record WorkerLimits(
    OptionalInt maxWorkers,
    OptionalDouble coresPerWorker,
    OptionalLong memoryPerWorkerBytes,
    OptionalInt accelerators) {
  /** No hint at all: one worker for each core. */
  public static final WorkerLimits NONE =
      new WorkerLimits(
          OptionalInt.empty(), OptionalDouble.empty(), OptionalLong.empty(), OptionalInt.empty());

  public WorkerLimits {
    require(maxWorkers.orElse(1) >= 1, "max workers per node is at least 1", maxWorkers);
    double cores = coresPerWorker.orElse(1);
    require(cores > 0 && Double.isFinite(cores), "cores per worker is above 0", coresPerWorker);
    require(
        memoryPerWorkerBytes.orElse(1) >= 1,
        "memory per worker is at least 1 byte",
        memoryPerWorkerBytes);
    require(accelerators.orElse(0) >= 0, "accelerators are not negative", accelerators);
  }

  /** The same with this limit on workers. */
  public WorkerLimits withMaxWorkers(int max) {
    return new WorkerLimits(
        OptionalInt.of(max), coresPerWorker, memoryPerWorkerBytes, accelerators);
  }

  /** The same with this many cores for each worker. */
  public WorkerLimits withCoresPerWorker(double cores) {
    return new WorkerLimits(
        maxWorkers, OptionalDouble.of(cores), memoryPerWorkerBytes, accelerators);
  }

  /** The same with this much memory, in bytes, for each worker. */
  public WorkerLimits withMemoryPerWorker(long bytes) {
    return new WorkerLimits(maxWorkers, coresPerWorker, OptionalLong.of(bytes), accelerators);
  }

  /** The same with this many accelerators, one for each worker. */
  public WorkerLimits withAccelerators(int count) {
    return new WorkerLimits(
        maxWorkers, coresPerWorker, memoryPerWorkerBytes, OptionalInt.of(count));
  }

  private static void require(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", not " + value);
    }
  }
}
