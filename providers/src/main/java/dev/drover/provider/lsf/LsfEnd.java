package dev.drover.provider.lsf;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a job that LSF calls EXIT came to. The keyword of its termination reason decides; the list
 * is in IBM's "Termination reasons displayed by bacct, bhist, and bjobs".
 */
final class LsfEnd {
  private static final Pattern KEYWORD = Pattern.compile("\\bTERM_[A-Z_]+\\b");

  /** The time given to the job, to its owner's deadline or to the queue's window is over. */
  private static final Set<String> TIME_IS_UP =
      Set.of("TERM_RUNLIMIT", "TERM_DEADLINE", "TERM_WINDOW");

  private static final Set<String> SOMEBODY_ENDED_IT =
      Set.of(
          "TERM_OWNER",
          "TERM_FORCE_OWNER",
          "TERM_ADMIN",
          "TERM_FORCE_ADMIN",
          "TERM_BUCKET_KILL",
          "TERM_REQUEUE_OWNER",
          "TERM_REQUEUE_ADMIN");

  /** Preempted by a job, by the cloud that lent the host, or by the cluster that sent the job. */
  private static final Set<String> NODES_TAKEN_BACK =
      Set.of("TERM_PREEMPT", "TERM_RC", "TERM_RC_RECLAIM", "TERM_MC_RECALL");

  private LsfEnd() {}

  static JobStatus done(Instant now) {
    return new JobStatus(JobState.COMPLETED, now, OptionalInt.of(0), "");
  }

  /**
   * An end that LSF does not count as success.
   *
   * @param code as LSF has it, of a signal 128 and its number; zero or absent if it has none
   * @param reason in LSF's words; empty if it has none
   */
  static JobStatus exit(OptionalInt code, String reason, Instant now) {
    OptionalInt exitCode =
        code.isPresent() && code.getAsInt() >= 1 && code.getAsInt() <= 255
            ? code
            : OptionalInt.empty();
    String words = reason.isEmpty() ? withoutReason(exitCode) : reason;
    return new JobStatus(state(reason), now, exitCode, words);
  }

  private static String withoutReason(OptionalInt exitCode) {
    return exitCode.isPresent()
        ? "the job script ended with exit code " + exitCode.getAsInt()
        : "LSF ended the job without an exit code";
  }

  private static JobState state(String reason) {
    Matcher keyword = KEYWORD.matcher(reason);
    if (!keyword.find()) {
      return JobState.FAILED;
    }
    if (TIME_IS_UP.contains(keyword.group())) {
      return JobState.TIMED_OUT;
    }
    if (SOMEBODY_ENDED_IT.contains(keyword.group())) {
      return JobState.CANCELLED;
    }
    return NODES_TAKEN_BACK.contains(keyword.group()) ? JobState.PREEMPTED : JobState.FAILED;
  }
}
