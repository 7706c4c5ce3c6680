package dev.drover.pinning;

import dev.drover.process.ThreadMask;

/**
 * The processors that the calling thread may run on.
 *
 * <p>A process or thread that it starts inherits them: a slot pins itself, and so each of its
 * tasks. Other threads are not touched.
 */
public final class CpuAffinity {
  private CpuAffinity() {}

  /** The cpus that the calling thread may run on. */
  public static CpuSet ofCallingThread() {
    return CpuSet.of(ThreadMask.get());
  }

  /**
   * Restricts the calling thread to these cpus.
   *
   * @return those in force: the kernel leaves out what the batch job does not own, without saying
   *     so
   * @throws IllegalArgumentException when none of them is this process's to use; the thread is then
   *     as before
   */
  public static CpuSet pinCallingThread(CpuSet cpus) {
    if (!ThreadMask.set(cpus.bits())) {
      throw new IllegalArgumentException(
          "cannot pin thread "
              + Thread.currentThread().getName()
              + " to cpus \""
              + cpus
              + "\": the batch job gives this process none of them\n  allowed now: "
              + ofCallingThread()
              + "\n  fix:         ask the scheduler for these cores, or choose among the allowed ones");
    }
    return ofCallingThread();
  }
}
