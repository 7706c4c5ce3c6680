package dev.drover.interchange;

import dev.drover.submit.TaskBatch;
import dev.drover.task.Ending;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.util.List;

/** One task as the interchange knows it; the loop's thread only. */
final class Task {
  final long id;
  final long index;
  final TaskBatch batch;

  /** Attempts begun, lost ones included. */
  int attempt;

  /** What its failures have cost so far, of {@code options().retries()}. */
  double cost;

  /** Attempts lost to infrastructure. */
  int lost;

  /** Attempts lost to the ends of their blocks; they cost nothing, but are not without end. */
  byte walltimeLosses;

  /** What it needs after such a loss, longer than it had; 0 = as its limit and others say. */
  int needSeconds;

  /** Who has it; null = it is in the queue. */
  Manager manager;

  /** Its neighbours among {@link Manager#tasks}. */
  Task before;

  Task behind;

  /** Slots it takes at {@link #manager}. */
  int slots;

  /** Slots it takes of its block, on all of its nodes. */
  int blockSlots;

  /** The nodes that it has; empty = its manager's own, in slots that the manager chooses. */
  List<NodeShare> shares = List.of();

  /** A node of it was lost, and the attempt is to end; null = none was. */
  LostNode lostNode;

  /** When it was submitted, or taken up again by this process; monotonic microseconds. */
  final long submittedMicros;

  /** When its manager got it or, once it is {@link #started}, said so; monotonic microseconds. */
  long assignedMicros;

  /** Whether its manager said that it is running. */
  boolean started;

  boolean cancelled;
  boolean done;

  /** Its end is told, or among what is to be done next. */
  boolean ended;

  /**
   * Why an attempt is to end that runs elsewhere.
   *
   * @param ending how it counts
   */
  record LostNode(Ending ending, String words) {}

  Task(long id, long index, TaskBatch batch, Submission.Past past, long submittedMicros) {
    this.submittedMicros = submittedMicros;
    this.attempt = past.attempts();
    this.lost = past.lost();
    this.cost = past.cost();
    this.id = id;
    this.index = index;
    this.batch = batch;
  }

  /** The same task, in place of one whose place in a queue is passed over. */
  Task(Task other) {
    this(
        other.id,
        other.index,
        other.batch,
        new Submission.Past(other.attempt, other.lost, other.cost),
        other.submittedMicros);
    walltimeLosses = other.walltimeLosses;
    needSeconds = other.needSeconds;
    cancelled = other.cancelled;
  }

  TaskAssignment assignment() {
    return new TaskAssignment(new TaskId(id), attempt, batch.spec(), index, slots, shares);
  }
}
