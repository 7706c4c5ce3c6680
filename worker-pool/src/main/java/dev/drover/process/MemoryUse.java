package dev.drover.process;

/**
 * The memory of one session's processes at one moment, or the most that was seen over several.
 *
 * @param residentBytes the sum of their resident sizes; pages that they share count once for each
 * @param largestPeakBytes the highest resident size that any one of them ever had
 * @param processes how many they are
 */
public record MemoryUse(long residentBytes, long largestPeakBytes, int processes) {
  /** No process seen. */
  public static final MemoryUse NONE = new MemoryUse(0, 0, 0);

  /** The larger of each figure. */
  public MemoryUse atLeast(MemoryUse other) {
    return new MemoryUse(
        Math.max(residentBytes, other.residentBytes),
        Math.max(largestPeakBytes, other.largestPeakBytes),
        Math.max(processes, other.processes));
  }

  MemoryUse plus(ProcFs.Resident one) {
    return new MemoryUse(
        residentBytes + one.nowBytes(), Math.max(largestPeakBytes, one.peakBytes()), processes + 1);
  }
}
