package dev.drover.pinning;

import dev.drover.process.ThreadMask;
import java.util.BitSet;
import java.util.List;
import java.util.StringJoiner;

/**
 * Some of a node's logical processors.
 *
 * @param cpus their numbers, as the kernel counts them from 0; sorted, each once, below {@value
 *     ThreadMask#MAX_CPUS}
 */
public record CpuSet(List<Integer> cpus) {
  public CpuSet {
    cpus = cpus.stream().sorted().distinct().toList();
    if (!cpus.isEmpty() && cpus.get(0) < 0) {
      throw new IllegalArgumentException("a cpu's number is not negative: " + cpus.get(0));
    }
    if (!cpus.isEmpty() && cpus.get(cpus.size() - 1) >= ThreadMask.MAX_CPUS) {
      throw new IllegalArgumentException(
          "cpu "
              + cpus.get(cpus.size() - 1)
              + " is beyond the last one, "
              + (ThreadMask.MAX_CPUS - 1));
    }
  }

  /** These cpus. */
  public static CpuSet of(Integer... cpus) {
    return new CpuSet(List.of(cpus));
  }

  static CpuSet of(BitSet bits) {
    return new CpuSet(bits.stream().boxed().toList());
  }

  /**
   * The set that a list in the kernel's notation names, such as {@code 0-3,8}; an empty text names
   * none.
   *
   * @throws IllegalArgumentException naming the part that is wrong
   */
  public static CpuSet parse(String list) {
    BitSet bits = new BitSet();
    if (!list.isBlank()) {
      for (String part : list.strip().split(",", -1)) {
        String[] ends = part.strip().split("-", 2);
        int first = number(ends[0], list);
        int last = number(ends[ends.length - 1], list);
        if (last < first) {
          throw new IllegalArgumentException(
              "cpu list \"" + list + "\": the range " + part.strip() + " runs backwards");
        }
        bits.set(first, last + 1);
      }
    }
    return of(bits);
  }

  /** How many they are. */
  public int size() {
    return cpus.size();
  }

  /** The list in the kernel's notation, which {@link #parse} reads. */
  @Override
  public String toString() {
    StringJoiner list = new StringJoiner(",");
    for (int i = 0; i < cpus.size(); ) {
      int first = cpus.get(i);
      int last = first;
      while (++i < cpus.size() && cpus.get(i) == last + 1) {
        last++;
      }
      list.add(first == last ? Integer.toString(first) : first + "-" + last);
    }
    return list.toString();
  }

  BitSet bits() {
    BitSet bits = new BitSet();
    cpus.forEach(bits::set);
    return bits;
  }

  private static int number(String text, String list) {
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) >= ThreadMask.MAX_CPUS) {
      throw new IllegalArgumentException(
          "cpu list \""
              + list
              + "\": \""
              + text
              + "\" is not a cpu number from 0 to "
              + (ThreadMask.MAX_CPUS - 1)
              + "; write for example 0-3,8");
    }
    return Integer.parseInt(text);
  }
}
