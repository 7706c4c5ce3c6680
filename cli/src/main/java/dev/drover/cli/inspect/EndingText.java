package dev.drover.cli.inspect;

import dev.drover.cli.console.Figures;
import dev.drover.journal.RunEnd;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says in words how a task ended, and what to do about it. */
public final class EndingText {
  private static final List<String> SIGNALS =
      List.of(
          "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE",
          "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM");

  private EndingText() {}

  /** {@code task 17 "fit-a"}, {@code task 17 [index 16]}. */
  public static String title(TaskId id, String name, long index) {
    return "task "
        + id
        + (name.isEmpty() ? "" : " \"" + name + "\"")
        + (index < 0 ? "" : " [index " + index + "]");
  }

  /** The command of a task in one line; empty for a Java task. */
  public static String command(TaskSpec spec) {
    return spec.work()
        .match(
            new TaskWork.Cases<String>() {
              @Override
              public String shell(TaskWork.Shell work) {
                return String.join(" ", work.argv());
              }

              @Override
              public String java(TaskWork.Java work) {
                return "";
              }
            });
  }

  /** {@code exit code 127}, {@code killed by signal 9 (SIGKILL)}, … without where and when. */
  public static String how(TaskOutcome outcome) {
    return switch (outcome.ending()) {
      case SUCCEEDED -> "succeeded";
      case FAILED -> "exit code " + outcome.exitCode();
      case THREW -> "threw an exception";
      case SIGNALLED -> "killed by " + signal(outcome.signal());
      case TIMED_OUT ->
          "timed out after " + Figures.time(Duration.ofNanos(outcome.durationMicros() * 1000));
      case OUT_OF_MEMORY -> "out of memory";
      case CANCELLED -> "cancelled";
      case NOT_STARTED -> "could not be started";
      case REFUSED -> "refused";
      case DEPENDENCY_FAILED -> "not run";
      case WORKER_LOST -> "its worker was lost";
      case MANAGER_LOST -> "its manager was lost";
      case WALLTIME -> "lost to the end of its block (walltime)";
    };
  }

  /** How a run ended, in a word. */
  public static String how(RunEnd end) {
    return switch (end) {
      case ALL_SUCCEEDED -> "done";
      case SOME_FAILED -> "failed";
      case INFRASTRUCTURE -> "broken";
      case CANCELLED -> "cancelled";
      case INTERRUPTED -> "stopped";
      case ABANDONED -> "abandoned";
    };
  }

  /** How it ended, where, and at which attempt. */
  public static String full(TaskReport report) {
    TaskOutcome outcome = report.outcome();
    StringBuilder text = new StringBuilder(how(outcome));
    if (!report.host().isEmpty()) {
      text.append(" on ").append(report.host());
    }
    if (outcome.attempt() > 1) {
      text.append(", attempt ").append(outcome.attempt());
    }
    if (report.lostAttempts() > 0) {
      text.append(" (").append(report.lostAttempts()).append(" lost to infrastructure)");
    }
    return text.toString();
  }

  /** What to do about it, where that is known. */
  public static Optional<String> mend(TaskReport report) {
    TaskOutcome outcome = report.outcome();
    String there = report.host().isEmpty() ? "there" : "on " + report.host();
    return switch (outcome.ending()) {
      case FAILED ->
          switch (outcome.exitCode()) {
            case 126 ->
                Optional.of(
                    "the command is not executable "
                        + there
                        + ": chmod +x, or name its interpreter");
            case 127 ->
                Optional.of(
                    "command not found "
                        + there
                        + ": give its full path, or load its module first");
            case 137 ->
                Optional.of(
                    "137 is 128 + SIGKILL: often too little memory; run fewer tasks on a node");
            case 139 -> Optional.of("139 is 128 + SIGSEGV: the program itself crashed");
            default -> Optional.empty();
          };
      case SIGNALLED ->
          outcome.signal() == 9
              ? Optional.of("often too little memory; run fewer tasks on a node")
              : Optional.empty();
      case OUT_OF_MEMORY ->
          Optional.of("run fewer tasks on a node, or ask for memory in its \"resources\"");
      case TIMED_OUT -> Optional.of("give it more time: --timeout, or \"timeout\" in its line");
      case SUCCEEDED,
          THREW,
          CANCELLED,
          NOT_STARTED,
          REFUSED,
          DEPENDENCY_FAILED,
          WORKER_LOST,
          MANAGER_LOST,
          WALLTIME ->
          Optional.empty();
    };
  }

  private static String signal(int number) {
    String name = number > 0 && number < SIGNALS.size() ? " (" + SIGNALS.get(number) + ")" : "";
    return "signal " + number + name;
  }
}
