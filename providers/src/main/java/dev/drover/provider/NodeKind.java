package dev.drover.provider;

/**
 * Nodes that are alike, as a scheduler describes them.
 *
 * @param count how many there are; 1 or more
 * @param cpus what the scheduler counts on each: hardware threads or cores, as the site set it up;
 *     0 = not told
 * @param cores physical cores of each; 0 = not told
 * @param memoryBytes memory of each; 0 = not told
 * @param accelerators GPUs of each
 */
public record NodeKind(int count, int cpus, int cores, long memoryBytes, int accelerators) {
  public NodeKind {
    if (count < 1 || cpus < 0 || cores < 0 || memoryBytes < 0 || accelerators < 0) {
      throw new IllegalArgumentException(
          "%d nodes of %d cpus, %d cores, %d bytes and %d accelerators"
              .formatted(count, cpus, cores, memoryBytes, accelerators));
    }
  }
}
