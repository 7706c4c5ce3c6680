package dev.drover.provider.slurm;

import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;

/** What Slurm's words for a job's state mean. */
final class SlurmState {
  private SlurmState() {}

  /**
   * A job's status.
   *
   * @param state one word, or as the records say it: {@code CANCELLED by 1000}
   * @param now since when it stands there, if that is new
   */
  static JobStatus read(String state, SlurmReason reason, SlurmExit exit, Instant now) {
    String[] words = state.strip().split(" ", 2);
    // A column that is too narrow cuts a word short and puts a plus sign.
    String word = words[0].toUpperCase(Locale.ROOT).replaceFirst("\\+$", "");
    return switch (word) {
      case "PENDING", "REQUEUED", "REQUEUE_FED" ->
          alive(reason.isHold() ? JobState.HELD : JobState.PENDING, reason.told(), now);
      case "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT", "SUSPENDED", "STOPPED" ->
          alive(JobState.HELD, with(word, reason), now);
      case "RUNNING" -> alive(JobState.RUNNING, "", now);
      // It has nodes, which still boot: in a cloud for longer than a manager needs to register.
      case "CONFIGURING", "POWER_UP_NODE" -> alive(JobState.PENDING, word, now);
      case "COMPLETING", "RESIZING", "SIGNALING", "STAGE_OUT", "UPDATE_DB" ->
          alive(JobState.RUNNING, word, now);
      case "COMPLETED" -> new JobStatus(JobState.COMPLETED, now, OptionalInt.of(0), "");
      case "CANCELLED" ->
          ended(
              JobState.CANCELLED,
              words.length > 1 ? "cancelled " + by(words[1]) : "cancelled",
              now);
      case "TIMEOUT" -> ended(JobState.TIMED_OUT, "ended at its walltime", now);
      case "DEADLINE" -> ended(JobState.TIMED_OUT, "ended at its deadline", now);
      case "PREEMPTED" -> ended(JobState.PREEMPTED, "preempted by another job", now);
      case "FAILED" -> failed(reason, exit, now);
      case "NODE_FAIL" -> ended(JobState.FAILED, "lost with a node: " + with(word, reason), now);
      case "BOOT_FAIL" ->
          ended(JobState.FAILED, "its nodes did not boot: " + with(word, reason), now);
      case "OUT_OF_MEMORY" ->
          new JobStatus(
              JobState.FAILED,
              now,
              exit.code().orElse(0) == 0 ? OptionalInt.empty() : exit.code(),
              "killed for want of memory: " + with(word, reason));
      case "REVOKED" ->
          alive(JobState.UNKNOWN, "REVOKED: another cluster of the federation took the job", now);
      default -> alive(JobState.UNKNOWN, "Slurm says " + state.strip(), now);
    };
  }

  private static JobStatus failed(SlurmReason reason, SlurmExit exit, Instant now) {
    String why = exit.told().orElse("Slurm says FAILED");
    // That the code is not zero is told already.
    boolean more = !reason.word().isEmpty() && !reason.word().equals("NonZeroExitCode");
    return new JobStatus(
        JobState.FAILED,
        now,
        exit.code().orElse(0) == 0 ? OptionalInt.empty() : exit.code(),
        more ? why + " (" + reason.word() + ")" : why);
  }

  private static JobStatus alive(JobState state, String reason, Instant now) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }

  private static JobStatus ended(JobState state, String reason, Instant now) {
    return new JobStatus(state, now, OptionalInt.empty(), reason);
  }

  /** {@code by 1000} is a user's number. */
  private static String by(String text) {
    return text.matches("by [0-9]+") ? "by user id " + text.substring(3) : text;
  }

  private static String with(String word, SlurmReason reason) {
    return reason.word().isEmpty() ? word : word + ", " + reason.word();
  }
}
