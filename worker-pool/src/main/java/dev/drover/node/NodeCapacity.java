package dev.drover.node;

import dev.drover.pinning.CpuSet;
import java.util.Objects;

/**
 * What this process may use of its node.
 *
 * @param hostname the node's name
 * @param cpus the logical cpus that it may run on
 * @param cores how many of them it may keep busy, at least 1: fewer than {@code cpus} under a cpu
 *     quota, more when the user says so
 * @param coresFrom in words, what {@code cores} is due to
 * @param memoryBytes the memory that it may still take
 * @param memoryFrom in words, what {@code memoryBytes} is due to
 */
public record NodeCapacity(
    String hostname,
    CpuSet cpus,
    int cores,
    String coresFrom,
    long memoryBytes,
    String memoryFrom) {
  public NodeCapacity {
    Objects.requireNonNull(hostname, "hostname");
    Objects.requireNonNull(cpus, "cpus");
    Objects.requireNonNull(coresFrom, "coresFrom");
    Objects.requireNonNull(memoryFrom, "memoryFrom");
    if (cores < 1 || memoryBytes < 0) {
      throw new IllegalArgumentException(
          "a node has at least one core and no negative memory: " + cores + ", " + memoryBytes);
    }
  }
}
