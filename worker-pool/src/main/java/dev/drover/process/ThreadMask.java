package dev.drover.process;

import java.util.BitSet;

/**
 * The calling thread's set of allowed cpus, as the kernel keeps it.
 *
 * <p>Bit <em>n</em> stands for cpu <em>n</em>. Use {@code dev.drover.pinning.CpuAffinity}; this
 * class only keeps the calls of the C library in one place.
 */
public final class ThreadMask {
  /** The number of cpus that a mask can name. */
  public static final int MAX_CPUS = 4096;

  static final int MASK_BYTES = MAX_CPUS / 8;

  private ThreadMask() {}

  /** The cpus that the calling thread may run on. */
  public static BitSet get() {
    Scratch scratch = Scratch.ofThread();
    clear(scratch);
    if (LibC.sched_getaffinity(0, MASK_BYTES, scratch.at(Scratch.MASK)) < 0) {
      throw new IllegalStateException(
          "cannot read the thread's affinity mask: " + Errno.describe(LibC.errno()));
    }
    long[] words = new long[MASK_BYTES / 8];
    for (int i = 0; i < words.length; i++) {
      words[i] = scratch.longAt(Scratch.MASK + 8 * i);
    }
    return BitSet.valueOf(words);
  }

  /**
   * Lets the calling thread, and what it starts from now on, run on these cpus only.
   *
   * @return false when none of them is allowed to this process; the mask is then as before
   */
  public static boolean set(BitSet cpus) {
    if (cpus.length() > MAX_CPUS) {
      throw new IllegalArgumentException(
          "cpu " + (cpus.length() - 1) + " is beyond the " + MAX_CPUS + " that a mask can name");
    }
    Scratch scratch = Scratch.ofThread();
    clear(scratch);
    long[] words = cpus.toLongArray();
    for (int i = 0; i < words.length; i++) {
      scratch.putLong(Scratch.MASK + 8 * i, words[i]);
    }
    if (LibC.sched_setaffinity(0, MASK_BYTES, scratch.at(Scratch.MASK)) == 0) {
      return true;
    }
    int errno = LibC.errno();
    if (errno == LibC.EINVAL) {
      return false;
    }
    throw new IllegalStateException(
        "cannot set the thread's affinity mask to " + cpus + ": " + Errno.describe(errno));
  }

  private static void clear(Scratch scratch) {
    for (int i = 0; i < MASK_BYTES; i += 8) {
      scratch.putLong(Scratch.MASK + i, 0);
    }
  }
}
