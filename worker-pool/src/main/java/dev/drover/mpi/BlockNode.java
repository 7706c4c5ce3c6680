package dev.drover.mpi;

import java.util.Objects;

/**
 * One node of a block, as the packer sees it.
 *
 * @param name the host, as the scheduler names it
 * @param slots tasks of one slot that it runs at once, at least 1
 */
public record BlockNode(String name, int slots) {
  public BlockNode {
    Objects.requireNonNull(name);
    if (name.isBlank() || slots < 1) {
      throw new IllegalArgumentException(
          "a node has a name and at least one slot, not '%s' with %d".formatted(name, slots));
    }
  }
}
