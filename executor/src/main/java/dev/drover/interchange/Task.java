package dev.drover.interchange;

import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;

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

  /** Slots it takes at {@link #manager}. */
  int slots;

  /** When its manager got it or, once it is {@link #started}, said so; monotonic microseconds. */
  long assignedMicros;

  /** Whether its manager said that it is running. */
  boolean started;

  boolean cancelled;
  boolean done;

  Task(long id, long index, TaskBatch batch, Submission.Past past) {
    this.attempt = past.attempts();
    this.lost = past.lost();
    this.cost = past.cost();
    this.id = id;
    this.index = index;
    this.batch = batch;
  }

  TaskAssignment assignment() {
    return new TaskAssignment(new TaskId(id), attempt, batch.spec(), index, slots);
  }
}
