package dev.drover.executor;

import dev.drover.submit.TaskReport;
import dev.drover.task.TaskOutcome;

/**
 * A task did not succeed. The message tells how it ended and where, with the last part of what it
 * wrote or its remote stack trace; of a Java task the cause is what it threw, where that could be
 * sent.
 */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient TaskReport report;

  TaskFailedException(TaskReport report, Throwable cause) {
    super(text(report), cause);
    this.report = report;
  }

  /** How the task ended. */
  public TaskReport report() {
    return report;
  }

  private static String text(TaskReport report) {
    TaskOutcome outcome = report.outcome();
    StringBuilder text = new StringBuilder("task " + outcome.id() + " ");
    text.append(
        switch (outcome.ending()) {
          case SUCCEEDED -> "succeeded";
          case FAILED -> "failed with exit code " + outcome.exitCode();
          case THREW -> "threw";
          case SIGNALLED -> "was killed by signal " + outcome.signal();
          case TIMED_OUT -> "timed out";
          case OUT_OF_MEMORY -> "ran out of memory";
          case CANCELLED -> "was cancelled";
          case NOT_STARTED -> "could not be started";
          case REFUSED -> "can run nowhere";
          case DEPENDENCY_FAILED -> "was not run, since a task before it did not succeed";
          case WORKER_LOST -> "lost its worker";
          case MANAGER_LOST -> "lost its manager";
          case WALLTIME -> "was cut off by the end of its block";
        });
    if (!report.host().isEmpty()) {
      text.append(" on ").append(report.host());
    }
    if (outcome.attempt() > 1) {
      text.append(" at attempt ").append(outcome.attempt());
    }
    if (!outcome.message().isEmpty()) {
      text.append(": ").append(outcome.message());
    }
    if (!outcome.tail().isBlank()) {
      text.append("\n").append(outcome.tail().strip());
    }
    return text.toString();
  }
}
