package dev.drover.mpi;

/**
 * How long a slot that is busy stays with one task: the mean of run times, each weighed by the
 * slots and the time that it took. Of a few hours' tasks among many of a second it is hours, since
 * those are what slots are found busy with.
 *
 * <p>Older tasks count for less: each that ends takes a thousandth of what those before it weigh.
 */
final class BusyTimes {
  private static final double KEPT = 0.999;

  /** With fewer tasks a mean says little. */
  private static final int LEAST = 20;

  private int ended;
  private double slotTime;
  private double slotTimeSquared;

  /** A task of so many slots ran so long, microseconds. */
  void observe(int slots, long micros) {
    double time = Math.max(0, micros);
    ended = Math.min(LEAST, ended + 1);
    slotTime = KEPT * slotTime + slots * time;
    slotTimeSquared = KEPT * slotTimeSquared + slots * time * time;
  }

  /** The mean, microseconds; {@code unknown} while too few tasks have ended. */
  long meanMicros(long unknown) {
    return ended < LEAST || slotTime == 0 ? unknown : Math.round(slotTimeSquared / slotTime);
  }
}
