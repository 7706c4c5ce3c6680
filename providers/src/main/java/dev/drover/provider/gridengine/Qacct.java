package dev.drover.provider.gridengine;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One record of {@code qacct -j}: a job has one for each time that it ran.
 *
 * @param fields as printed, by name: {@code failed} is "37 : qmaster enforced h_rt, …"
 */
record Qacct(Map<String, String> fields) {
  private static final Pattern CANCELLED = Pattern.compile("=== drover: cancelled ([0-9]+)");
  private static final Pattern NAME = Pattern.compile("=== drover: name ([0-9]+) (\\S+)");
  private static final Pattern RUNTIME_LIMIT =
      Pattern.compile("(?<![a-z_])h_rt=([0-9]+)(?![0-9:])");

  /** The job itself ran, and how that went is in the exit status. */
  private static final int AFTER_JOB = 100;

  private static final int LIMIT_ENFORCED = 37;
  private static final int MIGRATING = 24;
  private static final int RESCHEDULING = 25;

  private static final int SIGKILL = 9;
  private static final int SIGUSR1 = 10;
  private static final int SIGXCPU = 24;

  Qacct {
    fields = Map.copyOf(fields);
  }

  /** Every record, oldest first; text around them is passed over. */
  static List<Qacct> read(String text) {
    List<Qacct> records = new ArrayList<>();
    Map<String, String> fields = new HashMap<>();
    for (String line : (text + "\n==").lines().toList()) {
      if (line.startsWith("==")) {
        if (fields.getOrDefault("jobnumber", "").matches("[0-9]+")) {
          records.add(new Qacct(fields));
        }
        fields.clear();
      } else {
        String[] words = line.strip().split("\\s+", 2);
        fields.put(words[0], words.length == 2 ? words[1].strip() : "");
      }
    }
    return records;
  }

  /** How jobs ended: by their last records, and by the notes of those that Drover cancelled. */
  static Map<JobId, JobStatus> ends(String text, Instant now) {
    Set<String> cancelled = new HashSet<>();
    Map<JobId, JobStatus> ends = new HashMap<>();
    Matcher note = CANCELLED.matcher(text);
    while (note.find()) {
      cancelled.add(note.group(1));
      // A job that was deleted before it started has no record.
      ends.put(
          new JobId(note.group(1)),
          new JobStatus(JobState.CANCELLED, now, OptionalInt.empty(), "cancelled by Drover"));
    }
    Map<String, String> names = new HashMap<>();
    NAME.matcher(text).results().forEach(told -> names.put(told.group(1), told.group(2)));
    for (Qacct job : read(text)) {
      // An earlier job may have had the same number.
      if (job.isEnd() && names.getOrDefault(job.id(), job.name()).equals(job.name())) {
        ends.put(new JobId(job.id()), job.end(cancelled.contains(job.id()), now));
      }
    }
    return ends;
  }

  String id() {
    return fields.get("jobnumber");
  }

  String name() {
    return fields.getOrDefault("jobname", "");
  }

  /** Whether the job did not go back to the queue after this run. */
  private boolean isEnd() {
    int failed = number("failed");
    return failed != MIGRATING && failed != RESCHEDULING;
  }

  private JobStatus end(boolean cancelled, Instant now) {
    int exitStatus = number("exit_status");
    int failed = number("failed");
    if (failed == 0) {
      return JobStatus.ofExitCode(exitStatus & 0xff, now);
    }
    OptionalInt code =
        exitStatus > 0 && exitStatus < 256 ? OptionalInt.of(exitStatus) : OptionalInt.empty();
    if (failed == LIMIT_ENFORCED && reachedItsRuntime()) {
      return new JobStatus(JobState.TIMED_OUT, now, code, "ended at its walltime (h_rt)");
    }
    if (cancelled) {
      return new JobStatus(JobState.CANCELLED, now, code, "cancelled by Drover");
    }
    return new JobStatus(JobState.FAILED, now, code, reason(failed, exitStatus - 128));
  }

  /** Grid Engine has one word for three limits: of the two others, none waits for the walltime. */
  private boolean reachedItsRuntime() {
    Matcher limit = RUNTIME_LIMIT.matcher(fields.getOrDefault("category", ""));
    return !limit.find() || number("ru_wallclock") >= Long.parseLong(limit.group(1));
  }

  private String reason(int failed, int signal) {
    String words = "failed " + fields.get("failed").replaceFirst("\\s*:\\s*", ": ");
    if (failed != AFTER_JOB || signal <= 0) {
      return words;
    }
    return switch (signal) {
      case SIGKILL ->
          words + ", killed by SIGKILL: somebody's qdel or kill -9, or the node ran out of memory";
      case SIGUSR1 -> words + ", ended by SIGUSR1: its soft walltime (s_rt)?";
      case SIGXCPU -> words + ", ended by SIGXCPU: a limit on processor time or memory";
      default -> words + ", ended by signal " + signal;
    };
  }

  /** The number that a field begins with: {@code 4s} is 4; -1 if there is none. */
  private int number(String field) {
    Matcher digits = Pattern.compile("[0-9]{1,9}").matcher(fields.getOrDefault(field, ""));
    return digits.lookingAt() ? Integer.parseInt(digits.group()) : -1;
  }
}
