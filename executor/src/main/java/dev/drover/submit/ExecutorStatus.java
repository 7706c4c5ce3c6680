package dev.drover.submit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A snapshot of what an executor is doing.
 *
 * @param queued tasks waiting in the interchange
 * @param assigned tasks that a manager has: running, or in its own queue
 * @param finished tasks that ended for good, failed ones included
 * @param failed tasks that ended otherwise than SUCCEEDED
 * @param slots worker slots of all connected managers
 * @param outOfTouch how long there has been no connection to the interchange on a head node: the
 *     other figures are as old; zero = there is one, or the interchange is here
 * @param badState why the executor takes no more work; empty = it is well
 */
public record ExecutorStatus(
    long queued,
    long assigned,
    long finished,
    long failed,
    int slots,
    List<Manager> managers,
    List<Block> blocks,
    Duration outOfTouch,
    Optional<String> badState) {
  public ExecutorStatus {
    Objects.requireNonNull(outOfTouch);
    managers = List.copyOf(managers);
    blocks = List.copyOf(blocks);
  }

  /**
   * One connected manager.
   *
   * @param state {@code active}, {@code held}, {@code draining} or {@code silent}
   * @param idleSeconds how long it has had no task; 0 = it has some
   */
  public record Manager(
      String id, String host, String block, int slots, int tasks, String state, long idleSeconds) {}

  /**
   * One block.
   *
   * @param state in the words of the block's life: {@code queued}, {@code starting}, {@code live},
   *     …
   * @param reason the scheduler's own words, where it gave some, or what is wrong with where its
   *     managers are
   */
  public record Block(String id, String job, String state, int managers, String reason) {}

  /** The status of an interchange that is in touch. */
  public ExecutorStatus(
      long queued,
      long assigned,
      long finished,
      long failed,
      int slots,
      List<Manager> managers,
      List<Block> blocks,
      Optional<String> badState) {
    this(queued, assigned, finished, failed, slots, managers, blocks, Duration.ZERO, badState);
  }

  /** The same, with ended tasks as somebody else has counted them. */
  public ExecutorStatus withEnded(long finishedTasks, long failedTasks) {
    return new ExecutorStatus(
        queued,
        assigned,
        finishedTasks,
        failedTasks,
        slots,
        managers,
        blocks,
        outOfTouch,
        badState);
  }

  /** The same, as the submitting side of a head node's interchange has it. */
  public ExecutorStatus seenFromAfar(Duration apart, Optional<String> badStateHere) {
    return new ExecutorStatus(
        queued, assigned, finished, failed, slots, managers, blocks, apart, badStateHere);
  }

  /** Tasks submitted and not yet ended. */
  public long outstanding() {
    return queued + assigned;
  }
}
