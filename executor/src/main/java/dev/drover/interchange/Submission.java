package dev.drover.interchange;

import dev.drover.submit.TaskBatch;
import java.util.List;
import java.util.Objects;

/**
 * A batch with the ids that its tasks have.
 *
 * @param firstId id of the first task; the others follow
 * @param past what each of the tasks has been through in an earlier part of the run
 */
public record Submission(long firstId, TaskBatch batch, Past past) {
  /**
   * The past of a task that is taken up again.
   *
   * @param attempts that it has had
   * @param lost of these, to infrastructure
   * @param cost that they took of its retries
   */
  public record Past(int attempts, int lost, double cost) {
    /** A new task. */
    public static final Past NONE = new Past(0, 0, 0);
  }

  public Submission {
    Objects.requireNonNull(batch);
    Objects.requireNonNull(past);
  }

  /** New tasks. */
  public Submission(long firstId, TaskBatch batch) {
    this(firstId, batch, Past.NONE);
  }

  /** How many tasks they are. */
  public static long count(List<Submission> submissions) {
    long tasks = 0;
    for (Submission submission : submissions) {
      tasks += submission.batch().count();
    }
    return tasks;
  }
}
