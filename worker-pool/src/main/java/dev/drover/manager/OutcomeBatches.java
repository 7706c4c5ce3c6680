package dev.drover.manager;

import dev.drover.manager.Slot.EndReason;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.HeldTask;
import dev.drover.task.TaskOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Outcomes until the interchange has them: in doubt, gathered for a message, sent in numbered
 * batches, and kept until those are acknowledged. Pure; the loop's thread only.
 */
final class OutcomeBatches {
  /** Longest that an outcome waits for others to travel with, and how many do. */
  private static final long GATHER_MICROS = 10_000;

  private static final int MOST_GATHERED = 64;

  private final DoubtfulEnds doubtful = new DoubtfulEnds();
  private final ArrayDeque<FromManager.TasksFinished> unacknowledged = new ArrayDeque<>();
  private List<TaskOutcome> untold = new ArrayList<>();
  private long untoldSinceMicros;
  private long lastBatch;

  void add(TaskOutcome outcome) {
    untold.add(outcome);
  }

  /** Whose doing this end was shows in a moment. */
  void addInDoubt(TaskOutcome outcome, long now) {
    doubtful.keep(outcome, now);
  }

  /** Ends that have been in doubt for long enough are the tasks' own. */
  void settle(long now) {
    untold.addAll(doubtful.settled(now));
  }

  /** The manager is told to end: so were the tasks whose end is in doubt. */
  void settleAsEnded(EndReason reason, String stopReason) {
    untold.addAll(doubtful.endedWithTheJob(reason, stopReason));
  }

  /**
   * Whether what gathered is to be sent now. Outcomes gather for a moment while there is work in
   * hand for longer than that: fewer, larger messages, and no slot waits for an answer.
   */
  boolean areDue(long now, boolean hasWorkInHand) {
    if (untold.isEmpty()) {
      return false;
    }
    if (untoldSinceMicros == 0) {
      untoldSinceMicros = now;
    }
    return !hasWorkInHand
        || untold.size() >= MOST_GATHERED
        || now - untoldSinceMicros >= GATHER_MICROS;
  }

  /** All that gathered, as the next batch. */
  FromManager.TasksFinished nextBatch(int capacity) {
    FromManager.TasksFinished batch = new FromManager.TasksFinished(++lastBatch, untold, capacity);
    untold = new ArrayList<>();
    untoldSinceMicros = 0;
    unacknowledged.addLast(batch);
    return batch;
  }

  /** The interchange has all batches up to this one. */
  void acknowledged(long batch) {
    while (!unacknowledged.isEmpty() && unacknowledged.peekFirst().batch() <= batch) {
      unacknowledged.pollFirst();
    }
  }

  /** Batches to send again in a new session. */
  List<FromManager.TasksFinished> unacknowledged() {
    return List.copyOf(unacknowledged);
  }

  boolean haveGathered() {
    return !untold.isEmpty();
  }

  boolean areAllSent() {
    return untold.isEmpty() && doubtful.isEmpty();
  }

  boolean areAllAcknowledged() {
    return areAllSent() && unacknowledged.isEmpty();
  }

  void addHeld(List<HeldTask> held) {
    unacknowledged.forEach(batch -> addHeld(batch.outcomes(), held));
    addHeld(untold, held);
    addHeld(doubtful.outcomes(), held);
  }

  private static void addHeld(List<TaskOutcome> outcomes, List<HeldTask> held) {
    outcomes.forEach(outcome -> held.add(new HeldTask(outcome.id(), outcome.attempt())));
  }

  /** Microseconds until something is due; {@link Long#MAX_VALUE} = nothing is. */
  long untilDue(long now) {
    long settled = doubtful.untilSettled(now);
    return untoldSinceMicros == 0
        ? settled
        : Math.min(settled, untoldSinceMicros + GATHER_MICROS - now);
  }
}
