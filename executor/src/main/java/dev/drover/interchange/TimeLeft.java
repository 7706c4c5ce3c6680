package dev.drover.interchange;

import dev.drover.protocol.BlockTime;
import dev.drover.protocol.FromManager;

/**
 * How long a manager can run tasks before its block ends, in microseconds of the interchange's
 * clock. The loop's thread only.
 */
final class TimeLeft {
  private static final long SECOND = 1_000_000;

  /** From giving a task away to its start; of a short block no more than a fiftieth. */
  private static final long ON_THE_WAY = SECOND;

  private static final int ON_THE_WAY_PART = 50;

  /** What a manager may lose between its registration and its first task and still be fresh. */
  private static final int FRESH_PART = 20;

  /** An attempt that had this part of a block's time had the whole block. */
  private static final double ALMOST_WHOLE = 0.9;

  private final long joinedMicros;
  private final boolean isLimited;
  private final long lengthMicros;
  private final long blockMicros;
  private final long wayMicros;
  private final long mostNeeded;
  private long endMicros;

  TimeLeft(FromManager.Register message, long now) {
    BlockTime time = message.facts().blockTime();
    joinedMicros = now;
    isLimited = time.isLimited() && message.clockMillis() > 0;
    endMicros = isLimited ? now + left(message) : Long.MAX_VALUE;
    long startMillis = message.facts().startedMicros() / 1000;
    // One that was given up and came back has little left, and is not taken for a short block.
    long half = clamp(time.tasksEndMillis(), startMillis) / 2;
    lengthMicros = isLimited ? Math.max(left(message), half) : 0;
    blockMicros = clamp(time.endMillis(), startMillis);
    wayMicros = Math.min(ON_THE_WAY, lengthMicros / ON_THE_WAY_PART);
    long slack = Math.min(lengthMicros / 2, Math.max(SECOND, lengthMicros / FRESH_PART));
    mostNeeded = lengthMicros - wayMicros - slack;
  }

  private static long left(FromManager.Register message) {
    return clamp(message.facts().blockTime().tasksEndMillis(), message.clockMillis());
  }

  /** Microseconds from one to the other; 0 = it is over. Any peer may say anything. */
  private static long clamp(long endMillis, long fromMillis) {
    long most = TaskTimes.LONGEST_MICROS / 1000;
    if (endMillis <= fromMillis) {
      return 0;
    }
    long difference = endMillis - fromMillis;
    return (difference < 0 ? most : Math.min(most, difference)) * 1000;
  }

  /** It registered again: the message that took the shorter way, or the later one, is right. */
  void told(FromManager.Register message, long now) {
    if (isLimited && message.clockMillis() > 0) {
      endMicros = Math.min(endMicros, now + left(message));
    }
  }

  /** Whether there is an end at all. */
  boolean isLimited() {
    return isLimited;
  }

  /** Microseconds that a task has which is given away now; the longest = no end. */
  long micros(long now) {
    return isLimited ? endMicros - now - wayMicros : Long.MAX_VALUE;
  }

  /** Microseconds that a task has at most that is begun in a fresh block; the longest = no end. */
  long wholeMicros() {
    return isLimited ? mostNeeded : Long.MAX_VALUE;
  }

  /**
   * Whether {@code rounds} tasks, one after the other, can end in time. None needs more than a
   * fresh manager has, so that each is begun somewhere.
   */
  boolean fits(long needMicros, int rounds, long now) {
    return !isLimited || endMicros - now - wayMicros >= Math.min(needMicros, mostNeeded) * rounds;
  }

  /**
   * Whether a manager that is gone now lived until its tasks' end as far as anybody can tell.
   *
   * @param heardMicros when it last said something
   * @param periodMicros how often it does
   */
  boolean mayHaveEnded(long heardMicros, long periodMicros, long now) {
    return isLimited && now >= endMicros && heardMicros + periodMicros >= endMicros;
  }

  /** How long a task ran that began then and whose manager is gone; never beyond its end. */
  long ran(long sinceMicros, long now) {
    return Math.max(0, Math.min(now, endMicros) - sinceMicros);
  }

  /** Whether an attempt that ran so long had (almost) all the time that there is. */
  boolean hadWholeBlock(long ranMicros, long now) {
    return ranMicros > 0
        && ranMicros >= ALMOST_WHOLE * (isLimited ? lengthMicros : now - joinedMicros);
  }

  /** Length of the block in whole seconds as the manager saw it, or as it was until now. */
  long blockSeconds(long now) {
    return (isLimited ? blockMicros : now - joinedMicros) / SECOND;
  }
}
