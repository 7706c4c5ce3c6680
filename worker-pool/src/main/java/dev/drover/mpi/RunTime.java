package dev.drover.mpi;

/**
 * How long tasks run, as far as anybody can tell. Equal ones share a queue; a need may become
 * another one as tasks end, a limit may not.
 */
public interface RunTime {
  /** Longest that a task can run, microseconds; 0 = there is no limit. */
  long limitMicros();

  /**
   * What a block must have left for a task to be begun there, microseconds; 0 = nobody knows, it
   * may try.
   */
  long needMicros();

  /**
   * The time of tasks that are known by their limit alone.
   *
   * @param limitMicros 0 = no limit
   */
  record Limit(long limitMicros) implements RunTime {
    @Override
    public long needMicros() {
      return limitMicros;
    }
  }
}
