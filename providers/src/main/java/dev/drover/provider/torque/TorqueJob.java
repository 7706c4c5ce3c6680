package dev.drover.provider.torque;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One job as Torque's {@code qstat -f} tells of it, and what that means. Letters and exit codes are
 * those of the Torque administrator's guide, "Job exit status".
 *
 * @param attributes by name, as printed
 */
record TorqueJob(Map<String, String> attributes) {
  private static final int OVER_MEMORY = -10;
  private static final int OVER_WALLTIME = -11;
  private static final int OVER_CPU_TIME = -12;

  /** Added to the number of the signal that ended the job's shell. */
  private static final int SIGNALLED = 256;

  /** What a shell says of a command that a signal ended. */
  private static final int SHELL_SIGNALLED = 128;

  private static final int KILL = 9;
  private static final int TERM = 15;

  TorqueJob {
    attributes = Map.copyOf(attributes);
  }

  private String get(String name) {
    return attributes.getOrDefault(name, "").strip();
  }

  JobStatus status(Instant now) {
    String letter = get("job_state");
    return switch (letter) {
      case "Q", "W", "T" -> alive(JobState.PENDING, now, get("comment"));
      case "H" -> alive(JobState.HELD, now, held());
      case "S" -> alive(JobState.HELD, now, because("suspended"));
      // E is exiting: the script has ended, its nodes are not free and its exit code is not there.
      case "R", "E" -> alive(JobState.RUNNING, now, get("comment"));
      case "C" -> ended(now);
      default ->
          alive(JobState.UNKNOWN, now, because("Torque gave the unknown state \"" + letter + '"'));
    };
  }

  private static JobStatus alive(JobState state, Instant now, String reason) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }

  private String held() {
    String depend = get("depend").isEmpty() ? "" : ", depend " + get("depend");
    return because("held (Hold_Types " + get("Hold_Types") + depend + ")");
  }

  /** The server's own words where it has any, after what the state says. */
  private String because(String what) {
    return get("comment").isEmpty() ? what : what + "; " + get("comment");
  }

  private JobStatus ended(Instant now) {
    String text = get("exit_status");
    if (!text.matches("-?[0-9]{1,9}")) {
      // Torque gives a job that is deleted before it starts no exit status.
      return get("start_time").isEmpty()
          ? alive(JobState.CANCELLED, now, because("deleted before it ran"))
          : alive(JobState.FAILED, now, because("it ended without an exit status"));
    }
    int exit = Integer.parseInt(text);
    if (exit == OVER_WALLTIME || endedBySignal(exit) && walltimeIsOver()) {
      return end(JobState.TIMED_OUT, now, exit, "its walltime was over");
    }
    if (exit < 0) {
      return end(JobState.FAILED, now, exit, "exit_status " + exit + ": " + meaning(exit));
    }
    if (exit >= SIGNALLED) {
      int signal = exit - SIGNALLED;
      JobState state = signal == TERM ? JobState.CANCELLED : JobState.FAILED;
      return end(state, now, exit, "Torque ended the job's shell by signal " + signal);
    }
    JobStatus byCode = JobStatus.ofExitCode(exit, now);
    return end(byCode.state(), now, exit, byCode.reason());
  }

  /** An exit code is the script's: Torque's own numbers, negative or above 255, are none. */
  private JobStatus end(JobState state, Instant now, int exit, String what) {
    OptionalInt code = exit >= 0 && exit < SIGNALLED ? OptionalInt.of(exit) : OptionalInt.empty();
    return new JobStatus(state, now, code, what.isEmpty() ? get("comment") : because(what));
  }

  private static boolean endedBySignal(int exit) {
    return exit == SHELL_SIGNALLED + TERM
        || exit == SHELL_SIGNALLED + KILL
        || exit == SIGNALLED + TERM
        || exit == SIGNALLED + KILL;
  }

  /** Old versions show of a job that ran out its walltime the signal only. */
  private boolean walltimeIsOver() {
    Optional<Duration> used = time("resources_used.walltime");
    Optional<Duration> limit = time("Resource_List.walltime");
    return used.isPresent() && limit.isPresent() && used.get().compareTo(limit.get()) >= 0;
  }

  /** Hours, minutes and seconds. */
  private Optional<Duration> time(String name) {
    String text = get(name);
    if (!text.matches("[0-9]{1,6}:[0-9]{2}:[0-9]{2}")) {
      return Optional.empty();
    }
    String[] parts = text.split(":");
    return Optional.of(
        Duration.ofHours(Long.parseLong(parts[0]))
            .plusMinutes(Long.parseLong(parts[1]))
            .plusSeconds(Long.parseLong(parts[2])));
  }

  private static String meaning(int exit) {
    return switch (exit) {
      case OVER_MEMORY -> "it used more memory than it asked for";
      case OVER_CPU_TIME -> "it used more CPU time than it asked for";
      case -8 -> "the shell could not be started";
      case -9 -> "its output files could not be made";
      default -> "the node could not start it";
    };
  }
}
