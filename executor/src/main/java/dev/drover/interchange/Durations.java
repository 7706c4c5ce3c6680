package dev.drover.interchange;

/**
 * How long tasks took: counts by duration in buckets that widen by an eighth of a doubling, so that
 * a task costs one addition and the whole two kilobytes. Old counts fade. The loop's thread only.
 */
final class Durations {
  private static final int PER_DOUBLING_BITS = 3;
  private static final int PER_DOUBLING = 1 << PER_DOUBLING_BITS;

  /** To 2^48 microseconds, nine years; what is longer counts as that. */
  private static final int DOUBLINGS = 48;

  static final int BUCKETS = DOUBLINGS * PER_DOUBLING;

  /** When there are so many, all counts are halved: the newest weigh most. */
  private static final int MOST = 1 << 16;

  /** New ones, as a part of all, after which the quantile is looked for again. */
  private static final int STALE_PART = 16;

  private static final double QUANTILE = 0.95;

  private final int[] counts = new int[BUCKETS];
  private int count;
  private long longest;
  private long quantile;
  private int countAtQuantile;

  /** The bucket of a duration; longer ones are not in lower buckets. */
  static int bucket(long micros) {
    long value = Math.max(1, micros);
    int doubling = 63 - Long.numberOfLeadingZeros(value);
    if (doubling >= DOUBLINGS) {
      return BUCKETS - 1;
    }
    long part =
        doubling >= PER_DOUBLING_BITS
            ? value >>> (doubling - PER_DOUBLING_BITS)
            : value << (PER_DOUBLING_BITS - doubling);
    return doubling * PER_DOUBLING + (int) (part - PER_DOUBLING);
  }

  /** The longest duration of a bucket, rounded up. */
  private static long upperEnd(int bucket) {
    long parts = PER_DOUBLING + bucket % PER_DOUBLING + 1;
    return ((parts << (bucket / PER_DOUBLING)) >>> PER_DOUBLING_BITS) + 1;
  }

  void observe(long micros) {
    counts[bucket(micros)]++;
    longest = Math.max(longest, micros);
    if (++count == MOST) {
      fade();
    }
  }

  private void fade() {
    count = 0;
    int highest = 0;
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] /= 2;
      count += counts[i];
      highest = counts[i] > 0 ? i : highest;
    }
    longest = Math.min(longest, upperEnd(highest));
    countAtQuantile = 0;
  }

  /** Tasks counted, faded ones less. */
  int count() {
    return count;
  }

  /** Microseconds within which 95 of 100 tasks ended; 0 = none has ended. */
  long mostTake() {
    if (count - countAtQuantile > countAtQuantile / STALE_PART) {
      countAtQuantile = count;
      long within = (long) Math.ceil(QUANTILE * count);
      int bucket = -1;
      for (long sum = 0; sum < within; ) {
        sum += counts[++bucket];
      }
      quantile = Math.min(longest, upperEnd(bucket));
    }
    return quantile;
  }
}
