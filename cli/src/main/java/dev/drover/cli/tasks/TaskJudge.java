package dev.drover.cli.tasks;

import dev.drover.task.ResourceRequest;

/**
 * What the site of a run says of its tasks before anything is started: whether a block can ever run
 * them. It is asked of each task that is read.
 */
@FunctionalInterface
public interface TaskJudge {
  /** Refuses none. */
  TaskJudge NONE = resources -> "";

  /**
   * Why no block can ever run such a task, and in a second line, behind {@code fix:}, the mend;
   * empty = one can, as far as anybody knows.
   */
  String problem(ResourceRequest resources);
}
