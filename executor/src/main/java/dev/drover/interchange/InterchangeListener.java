package dev.drover.interchange;

import dev.drover.protocol.ManagerFacts;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;

/** Who is told what the interchange decided. Called on its loop: every method returns at once. */
public interface InterchangeListener {
  /** A task ended for good. */
  void finished(TaskReport report, Completion completion);

  /** An attempt failed or was lost and the task goes on. */
  void attemptEnded(TaskReport report, double cost);

  /** A manager registered for the first time. */
  void managerJoined(ManagerFacts facts);

  /** A manager is gone for good. */
  void managerLeft(ManagerFacts facts, String reason, boolean orderly);

  /** A manager hung up, in order or not; told at most once a second. */
  void connectionLost();

  /**
   * The loop itself broke, and does nothing any more but to end what it has: the ends follow, those
   * of tasks that are posted later on the thread that posts.
   *
   * @param reason for the user, with the mend
   */
  void broke(String reason, Throwable cause);

  /** So many tasks ended when the loop broke, and nothing more is known of them. */
  default void untold(long tasks) {}
}
