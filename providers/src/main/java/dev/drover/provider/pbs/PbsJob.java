package dev.drover.provider.pbs;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One job as {@code qstat -x -f} tells of it, and what that means. The letters and substates are
 * those of PBS Professional's reference guide; how they were seen to come together is in the
 * captures beside the tests.
 *
 * @param attributes by name, each value as text, since PBS writes a number where it can
 */
record PbsJob(Map<String, String> attributes) {
  private static final String TERMINATED = "91";
  private static final String FINISHED = "92";
  private static final String FAILED = "93";
  private static final String DEPENDENCY = "22";
  private static final String PROVISIONING = "71";

  /** Exit_status of a job that PBS ended at its walltime. */
  private static final int WALLTIME = -29;

  /** Added to the number of the signal with which PBS ended the job's shell. */
  private static final int SIGNALLED = 256;

  private static final int TERM = 15;

  PbsJob {
    attributes = Map.copyOf(attributes);
  }

  private String get(String name) {
    return attributes.getOrDefault(name, "").strip();
  }

  private String comment() {
    return get("comment");
  }

  JobStatus status(Instant now) {
    String letter = get("job_state");
    return switch (letter) {
      case "Q", "W", "T" -> alive(JobState.PENDING, now, comment());
      case "H" -> alive(JobState.HELD, now, held());
      case "S" -> alive(JobState.HELD, now, because("suspended by the scheduler"));
      case "U" -> alive(JobState.HELD, now, because("suspended, since its node is in use"));
      // E is exiting: the script has ended, its nodes are not free and its record is not whole.
      case "R", "B", "E" ->
          get("substate").equals(PROVISIONING)
              ? alive(JobState.PENDING, now, because("PBS provisions its nodes"))
              : alive(JobState.RUNNING, now, comment());
      // Only a job that waits is moved, and this server then hears no more of it: neither that it
      // ended, nor that it is gone. A block that counted as gone would be replaced by another.
      case "M" -> alive(JobState.PENDING, now, because("moved to another server: " + get("queue")));
      case "F", "X" -> ended(now);
      default ->
          alive(JobState.UNKNOWN, now, because("PBS gave the unknown state \"" + letter + '"'));
    };
  }

  private static JobStatus alive(JobState state, Instant now, String reason) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }

  private String held() {
    if (get("substate").equals(DEPENDENCY)) {
      return because("held until another job ends (depend " + get("depend") + ")");
    }
    String types = get("Hold_Types");
    String by =
        switch (types) {
          case "u" -> "by its user";
          case "o" -> "by an operator";
          case "s" -> "by the system or an admin";
          default -> "by several";
        };
    return because("held " + by + " (Hold_Types " + types + ")");
  }

  /** PBS's own words where it has any, after what the state says. */
  private String because(String what) {
    return comment().isEmpty() ? what : what + "; " + comment();
  }

  private String commentOr(String what) {
    return comment().isEmpty() ? what : comment();
  }

  private JobStatus ended(Instant now) {
    String exit = get("Exit_status");
    OptionalInt status =
        exit.matches("-?[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(exit)) : OptionalInt.empty();
    boolean clean = exit.equals("0") && get("substate").equals(FINISHED);
    if (!clean && comment().toLowerCase(Locale.ROOT).contains("preempted")) {
      return end(JobState.PREEMPTED, now, status, comment());
    }
    if (get("substate").equals(TERMINATED)) {
      return end(JobState.CANCELLED, now, status, commentOr("deleted"));
    }
    if (status.isEmpty()) {
      String why = get("depend").isEmpty() ? "" : " (depend " + get("depend") + ")";
      return end(JobState.FAILED, now, status, because("it never ran" + why));
    }
    return exited(status.getAsInt(), now);
  }

  private JobStatus exited(int exit, Instant now) {
    OptionalInt status = OptionalInt.of(exit);
    if (exit == WALLTIME || comment().contains("exceeded resource walltime")) {
      return end(JobState.TIMED_OUT, now, status, commentOr("its walltime was over"));
    }
    if (exit < 0) {
      return end(
          JobState.FAILED,
          now,
          status,
          because("PBS ended it with Exit_status " + exit + ": " + meaning(exit)));
    }
    if (exit >= SIGNALLED) {
      int signal = exit - SIGNALLED;
      return end(
          signal == TERM ? JobState.CANCELLED : JobState.FAILED,
          now,
          status,
          because("PBS ended the job's shell by signal " + signal));
    }
    if (exit == 0 && get("substate").equals(FAILED)) {
      return end(JobState.FAILED, now, status, commentOr("PBS says that it failed"));
    }
    JobStatus byCode = JobStatus.ofExitCode(exit, now);
    return end(byCode.state(), now, status, exit == 0 ? comment() : because(byCode.reason()));
  }

  /** An exit code is the script's: PBS's own numbers, negative or above 255, are none. */
  private static JobStatus end(JobState state, Instant now, OptionalInt status, String reason) {
    boolean ofScript =
        status.isPresent() && status.getAsInt() >= 0 && status.getAsInt() < SIGNALLED;
    return new JobStatus(state, now, ofScript ? status : OptionalInt.empty(), reason);
  }

  /** What PBS's job.h calls its negative codes, for those that a block can meet. */
  private static String meaning(int exit) {
    return switch (exit) {
      case -1, -2, -3 -> "the node could not start it";
      case -10 -> "the user is not valid on the node";
      case -16, -17, -18, -19, -22 -> "a hook of the site refused or ended it";
      case -20 -> "its first node was lost";
      case -14, -30 -> "another of its nodes could not join";
      case -24, -25 -> "it used more cores than it asked for";
      case -26, -27 -> "it used more memory than it asked for";
      case -28 -> "it used more CPU time than it asked for";
      default -> "PBS's own failure";
    };
  }
}
