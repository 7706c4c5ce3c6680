package dev.drover.block;

import java.util.List;

/**
 * Decides whether failed blocks end the run. It is asked each time a block has failed, on the
 * supervisor's thread; it must not block. A user's own may be given to the executor's builder.
 */
@FunctionalInterface
public interface BlockErrorHandler {
  /**
   * Whether the run shall end.
   *
   * @param ended all blocks that are over, by their numbers, so that the last is the newest
   * @param open how many are not over
   */
  boolean givesUp(List<EndedBlock> ended, int open);

  /** Never ends the run. */
  static BlockErrorHandler none() {
    return (ended, open) -> false;
  }

  /**
   * Ends the run when as many blocks as are asked for at first, and at least one, have failed and
   * none ever worked: Parsl's {@code simple_error_handler}.
   */
  static BlockErrorHandler simple(int init) {
    return (ended, open) ->
        ended.size() + open >= Math.max(1, init)
            && open == 0
            && ended.stream().allMatch(EndedBlock::hasFailed);
  }

  /**
   * Ends the run when so many blocks failed one after the other, as Parsl's {@code
   * windowed_error_handler}; and, while none has ever worked, as {@link #simple} does, since blocks
   * that never worked are more likely set up wrongly than out of luck.
   *
   * @param window at least 1
   */
  static BlockErrorHandler windowed(int window, int init) {
    BlockErrorHandler simple = simple(init);
    return (ended, open) ->
        simple.givesUp(ended, open)
            || ended.size() >= window
                && ended.subList(ended.size() - window, ended.size()).stream()
                    .allMatch(EndedBlock::hasFailed);
  }
}
