package dev.drover.mpi;

/**
 * What bounds a block beside its nodes.
 *
 * @param endMicros when tasks must be over there, by the packer's clock; {@link Long#MAX_VALUE} =
 *     never
 * @param wholeMicros what a task has that is begun when the block is new: more than that counts as
 *     that, so that each task is begun somewhere; {@link Long#MAX_VALUE} = no end
 * @param mostTasks that run there at once; 0 = as many as fit
 */
public record BlockLimits(long endMicros, long wholeMicros, int mostTasks) {
  /** No end, and as many tasks as fit. */
  public static final BlockLimits NONE = until(Long.MAX_VALUE);

  public BlockLimits {
    if (wholeMicros < 0 || mostTasks < 0) {
      throw new IllegalArgumentException(
          "a block's limits are not negative: whole=%d tasks=%d".formatted(wholeMicros, mostTasks));
    }
  }

  /** Only an end. */
  public static BlockLimits until(long endMicros) {
    return new BlockLimits(endMicros, Long.MAX_VALUE, 0);
  }
}
