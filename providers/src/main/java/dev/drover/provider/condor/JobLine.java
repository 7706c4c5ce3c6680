package dev.drover.provider.condor;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerRefusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job as the queue and the history print it with {@code -af:jr} and {@link #COLUMNS}.
 *
 * @param id cluster and process
 * @param values of the columns: a number, a word, {@code undefined}, or a text without its quotes
 */
record JobLine(String id, List<String> values) {
  static final List<String> COLUMNS =
      List.of(
          "JobStatus",
          "LastJobStatus",
          "ExitBySignal",
          "ExitCode",
          "ExitSignal",
          "HoldReason",
          "RemoveReason");

  private static final Pattern LINE = Pattern.compile("([1-9][0-9]*\\.[0-9]+)\\s+(.*)");
  private static final Pattern VALUE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");

  private static final String UNDEFINED = "undefined";
  private static final int IDLE = 1;
  private static final int RUNNING = 2;
  private static final int REMOVED = 3;
  private static final int COMPLETED = 4;
  private static final int HELD = 5;
  private static final int TRANSFERRING_OUTPUT = 6;
  private static final int SUSPENDED = 7;

  /** What a shell adds to the number of a signal that ended a command. */
  private static final int BY_SIGNAL = 128;

  JobLine {
    values = List.copyOf(values);
  }

  /** Every job of the output, which may be empty: jobs that have ended are not in the queue. */
  static List<JobLine> read(String output) throws SchedulerRefusal {
    List<JobLine> jobs = new ArrayList<>();
    for (String line : output.lines().map(String::strip).toList()) {
      if (line.isEmpty()) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      List<String> values = matcher.matches() ? values(matcher.group(2)) : List.of();
      if (values.size() != COLUMNS.size()) {
        throw SchedulerRefusal.passing(
            "HTCondor printed no listing: " + line,
            "run the command by hand; if the site wraps it, the output of -af must stay as it is");
      }
      jobs.add(new JobLine(matcher.group(1), values));
    }
    return jobs;
  }

  private static List<String> values(String text) {
    List<String> values = new ArrayList<>();
    Matcher matcher = VALUE.matcher(text);
    while (matcher.find()) {
      values.add(
          matcher.group(1) == null
              ? matcher.group(2)
              : matcher.group(1).replace("\\n", " ").replaceAll("\\\\(.)", "$1"));
    }
    return values;
  }

  private String value(String column) {
    return values.get(COLUMNS.indexOf(column));
  }

  private String reason(String column) {
    String value = value(column);
    return value.equals(UNDEFINED) ? "" : value;
  }

  private int number(String column) {
    String value = value(column);
    return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
  }

  /** Of a job in the queue. */
  Optional<JobStatus> status(Instant now) {
    int jobStatus = number("JobStatus");
    return switch (jobStatus) {
      case IDLE -> Optional.of(JobStatus.of(JobState.PENDING, now));
      // 6: the script has ended, and what it printed is on its way.
      case RUNNING, TRANSFERRING_OUTPUT -> Optional.of(JobStatus.of(JobState.RUNNING, now));
      // It is asked to end, and stays in the queue until it has.
      case REMOVED -> Optional.of(status(JobState.RUNNING, "being removed", now));
      case COMPLETED -> end(now);
      case HELD -> Optional.of(status(JobState.HELD, "on hold: " + reason("HoldReason"), now));
      case SUSPENDED -> Optional.of(status(JobState.HELD, "suspended", now));
      default -> Optional.of(status(JobState.UNKNOWN, "JobStatus is " + value("JobStatus"), now));
    };
  }

  /** Of a job that has left the queue; empty if that is not what the line says. */
  Optional<JobStatus> end(Instant now) {
    return switch (number("JobStatus")) {
      case COMPLETED -> completed(now);
      case REMOVED -> Optional.of(removed(now));
      default -> Optional.empty();
    };
  }

  private Optional<JobStatus> completed(Instant now) {
    int signal = number("ExitSignal");
    if (value("ExitBySignal").equals("true")) {
      OptionalInt code = signal < 0 ? OptionalInt.empty() : OptionalInt.of(BY_SIGNAL + signal);
      return Optional.of(
          new JobStatus(
              JobState.FAILED,
              now,
              code,
              "the job script was ended by signal " + (signal < 0 ? "unknown" : signal)));
    }
    int code = number("ExitCode");
    return code < 0 ? Optional.empty() : Optional.of(JobStatus.ofExitCode(code & 0xff, now));
  }

  /** Drover's own rule removes a block at its walltime, and one that went back to the queue. */
  private JobStatus removed(Instant now) {
    String reason = reason("RemoveReason");
    if (!reason.contains("PeriodicRemove")) {
      return status(JobState.CANCELLED, reason.isEmpty() ? "removed" : reason, now);
    }
    return switch (number("LastJobStatus")) {
      case RUNNING -> status(JobState.TIMED_OUT, "removed at its walltime", now);
      case IDLE -> status(JobState.PREEMPTED, "lost its machine, and was not to start again", now);
      default -> status(JobState.CANCELLED, reason, now);
    };
  }

  private static JobStatus status(JobState state, String reason, Instant now) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }
}
