package dev.drover.task;

/** Where a Java task runs. */
public enum Isolation {
  /** In the slot's own worker JVM: a crash or {@code System.exit} takes only that worker. */
  PROCESS,
  /**
   * Inside the manager: the fastest, but {@code System.exit} ends the manager and all its tasks.
   */
  THREAD
}
