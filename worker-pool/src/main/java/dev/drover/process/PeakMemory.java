package dev.drover.process;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How much memory tasks take.
 *
 * <p>A child started by {@code posix_spawn} borrows the manager's memory until it executes its
 * program, and Linux counts that as the child's peak. So the peak that comes with a child's end
 * means something only when it is above the manager's own; what a smaller task takes must be
 * {@linkplain #sample sampled} while it runs. Any thread may call.
 */
public final class PeakMemory {
  private static volatile long ownPeakBytes;

  private PeakMemory() {}

  /**
   * The memory of these sessions' processes now, in one pass over {@code /proc}: about once a
   * second, for the tasks that run longer than that.
   *
   * @param sessions the pids of the children, as {@link ChildProcess#pid}
   * @return an entry for each session that has a process
   */
  public static Map<Long, MemoryUse> sample(Set<Long> sessions) {
    Map<Long, MemoryUse> uses = new HashMap<>();
    ProcFs proc = ProcFs.ofThisNode();
    for (ProcFs.Stat process : proc.processes()) {
      if (sessions.contains(process.session())) {
        proc.resident(process.pid())
            .ifPresent(
                one ->
                    uses.compute(
                        process.session(),
                        (session, use) -> (use == null ? MemoryUse.NONE : use).plus(one)));
      }
    }
    return uses;
  }

  /**
   * The peak that the kernel reported for a child, when it is the child's own. An eighth above the
   * manager's peak is asked for, since the kernel counts resident pages per cpu and adds them up
   * inexactly.
   */
  static OptionalLong own(long reportedBytes) {
    if (isOwn(reportedBytes)) {
      Scratch scratch = Scratch.ofThread();
      LibC.getrusage(LibC.RUSAGE_SELF, scratch.at(Scratch.RUSAGE_SELF));
      ownPeakBytes = scratch.longAt(Scratch.RUSAGE_SELF + 32) * 1024;
    }
    return isOwn(reportedBytes) ? OptionalLong.of(reportedBytes) : OptionalLong.empty();
  }

  /** Against the peak as last read: it only grows, so a "no" needs no new look. */
  private static boolean isOwn(long reportedBytes) {
    return reportedBytes > ownPeakBytes + ownPeakBytes / 8;
  }
}
