package dev.drover.protocol;

import java.time.Duration;

/**
 * When the time of a manager's block is over, by the clock of the manager's node.
 *
 * @param endMillis when the scheduler ends the block, milliseconds since the epoch; 0 = it never
 *     does
 * @param tasksEndMillis when the manager itself ends what still runs, a margin before, in
 *     milliseconds since the epoch; 0 = never
 */
public record BlockTime(long endMillis, long tasksEndMillis) {
  /** A block without an end. */
  public static final BlockTime NONE = new BlockTime(0, 0);

  /**
   * What the last outcomes need to be told and acknowledged, and what a job's own clock is ahead of
   * its script's: the scheduler counts its prologue.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** Of a short block no more than this part goes for the last words, and half for the grace. */
  private static final int LAST_WORDS_PART = 20;

  public BlockTime {
    if (endMillis < 0 || tasksEndMillis < 0 || tasksEndMillis > endMillis) {
      throw new IllegalArgumentException(
          "a block's end %d, its tasks' end %d".formatted(endMillis, tasksEndMillis));
    }
  }

  /**
   * The time of a manager that started at {@code startMillis} in a block that ends later, at {@code
   * endMillis}, and whose tasks have {@code killGrace} from TERM to KILL.
   */
  public static BlockTime of(long startMillis, long endMillis, Duration killGrace) {
    long length = endMillis - startMillis;
    long lastWords = Math.min(LAST_WORDS.toMillis(), length / LAST_WORDS_PART);
    long margin = Math.min(killGrace.toMillis() + lastWords, length / 2);
    return new BlockTime(endMillis, endMillis - margin);
  }

  /** Whether there is an end. */
  public boolean isLimited() {
    return tasksEndMillis > 0;
  }
}
