package dev.drover.block;

import java.util.Comparator;
import java.util.Objects;

/** Names one block within a run: {@code b-0001}, counted up; empty = no block of this executor. */
public record BlockId(String value) implements Comparable<BlockId> {
  /** The block of managers that somebody started by hand. */
  public static final BlockId NONE = new BlockId("");

  public BlockId {
    Objects.requireNonNull(value);
  }

  /** The id of the run's {@code number}-th block, counted from 1. */
  public static BlockId of(int number) {
    return new BlockId("b-%04d".formatted(number));
  }

  /** By number, which outgrows its four digits in a long run. */
  @Override
  public int compareTo(BlockId other) {
    return Comparator.comparing((BlockId id) -> id.value.length())
        .thenComparing(id -> id.value)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return value;
  }
}
