package dev.drover.interchange;

import dev.drover.submit.TaskBatch;

/**
 * What is left of an array that waits; its tasks are made as they leave. The loop's thread only.
 */
final class ArrayRest {
  final TaskBatch batch;
  private final Submission.Past past;
  final long submittedMicros;
  long nextId;
  private long nextIndex;
  int left;

  ArrayRest(Submission submission, long submittedMicros) {
    this(
        submission.batch(),
        submission.past(),
        submittedMicros,
        submission.firstId(),
        submission.batch().firstIndex(),
        submission.batch().count());
  }

  private ArrayRest(
      TaskBatch batch,
      Submission.Past past,
      long submittedMicros,
      long nextId,
      long nextIndex,
      int left) {
    this.batch = batch;
    this.past = past;
    this.submittedMicros = submittedMicros;
    this.nextId = nextId;
    this.nextIndex = nextIndex;
    this.left = left;
  }

  Task next() {
    left--;
    return new Task(nextId++, nextIndex++, batch, past, submittedMicros);
  }

  boolean has(long id) {
    return id >= nextId && id < nextId + left;
  }

  /** The task of this id, which it has. */
  Task task(long id) {
    return new Task(id, nextIndex + (id - nextId), batch, past, submittedMicros);
  }

  /** Ends before this task; what comes behind it is the answer. */
  ArrayRest cutAt(long id) {
    int before = (int) (id - nextId);
    ArrayRest after =
        new ArrayRest(
            batch, past, submittedMicros, id + 1, nextIndex + before + 1, left - before - 1);
    left = before;
    return after;
  }
}
