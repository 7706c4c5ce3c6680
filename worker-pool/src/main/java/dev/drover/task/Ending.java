package dev.drover.task;

/** How an attempt of a task ended. */
public enum Ending {
  /** Exit code 0, or the function returned. */
  SUCCEEDED,
  /** The command exited with another code. */
  FAILED,
  /** The function threw, or its result could not be serialized. */
  THREW,
  /** A signal that Drover did not send ended the command. */
  SIGNALLED,
  /** Its time limit passed and Drover ended it. */
  TIMED_OUT,
  /** The system killed it for want of memory, or its JVM ran out of heap. */
  OUT_OF_MEMORY,
  /** The user cancelled it. */
  CANCELLED,
  /** It never ran: no such command, not executable, an output that cannot be opened. */
  NOT_STARTED,
  /** No slot of any node can ever hold what it asks for. */
  REFUSED,
  /** A task that it comes after did not succeed. */
  DEPENDENCY_FAILED,
  /** Its worker JVM was killed; infrastructure, not the task's own fault. */
  WORKER_LOST,
  /** Its manager fell silent, was killed or left; infrastructure, not the task's own fault. */
  MANAGER_LOST,
  /** The end of its block came first; infrastructure, and no loss that counts: it runs again. */
  WALLTIME;

  /** Whether the attempt was lost to infrastructure, so that it burns no retry of the task. */
  public boolean isInfrastructure() {
    return isCountedLoss() || this == WALLTIME;
  }

  /** Whether the attempt counts among those that a task may lose; the end of a block does not. */
  public boolean isCountedLoss() {
    return this == WORKER_LOST || this == MANAGER_LOST;
  }

  public boolean isSuccess() {
    return this == SUCCEEDED;
  }

  /** Whether another attempt could end otherwise. */
  public boolean isRetryable() {
    return switch (this) {
      case FAILED, THREW, SIGNALLED, TIMED_OUT, OUT_OF_MEMORY, NOT_STARTED -> true;
      case SUCCEEDED, CANCELLED, REFUSED, DEPENDENCY_FAILED, WORKER_LOST, MANAGER_LOST, WALLTIME ->
          false;
    };
  }
}
