package dev.drover.submit;

/** Who is told that a task has ended for good. */
@FunctionalInterface
public interface Completion {
  /**
   * Called once for each task, on a callback thread and never on a loop, after the outcome was
   * written to the journal (where the run has one).
   */
  void complete(TaskReport report);

  /** Whether it may wait for something, another task's end say: others are told meanwhile then. */
  default boolean mayBlock() {
    return true;
  }
}
