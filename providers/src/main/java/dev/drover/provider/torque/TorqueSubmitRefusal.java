package dev.drover.provider.torque;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.pbs.PbsErrors;
import java.util.Locale;

/**
 * Why Torque's {@code qsub} refused. It goes by the words, since the exit codes, which are error
 * numbers modulo 256, are neither PBS's nor the same in all versions.
 */
final class TorqueSubmitRefusal {
  /** An exit code from 129 up to this is the shell's for a signal. */
  private static final int LAST_SIGNAL = 152;

  private TorqueSubmitRefusal() {}

  static SchedulerRefusal of(CommandResult result) {
    String said = PbsErrors.said("qsub", result);
    String words = said.toLowerCase(Locale.ROOT);
    int code = result.exitCode();
    if (code == 126 || code == 127) {
      return SchedulerRefusal.permanent(
          "there is no qsub", "put Torque's commands on the PATH of the head node's login shell");
    }
    if (words.contains("cannot connect to server")) {
      // No connection, no job: it may be submitted again without looking.
      return SchedulerRefusal.passing(said, "wait until the Torque server answers again");
    }
    if (words.contains("time out")
        || words.contains("timed out")
        || words.contains("end of file")
        || words.contains("socket")
        || code > 128 && code <= LAST_SIGNAL) {
      return SchedulerRefusal.unanswered(
          said, "see whether Torque has the job, then submit it again");
    }
    return refused(said, words);
  }

  private static SchedulerRefusal refused(String said, String words) {
    if (words.contains("unknown queue") || words.contains("access to queue is denied")) {
      return SchedulerRefusal.permanent(
          said, "set provider.queue to one of the queues that qstat -q lists");
    }
    if (words.contains("maximum number of jobs") || words.contains("server busy")) {
      return SchedulerRefusal.passing(
          said,
          "wait until jobs have ended, or lower provider.max-blocks or"
              + " provider.max-queued-blocks");
    }
    if (words.contains("queue is not enabled") || words.contains("not available")) {
      return SchedulerRefusal.passing(
          said, "wait until the queue is enabled, or set provider.queue to another one");
    }
    if (words.contains("exceeds") || words.contains("rejected by all possible destinations")) {
      return SchedulerRefusal.permanent(
          said,
          "lower provider.walltime, provider.nodes-per-block or provider.cores-per-node to what"
              + " qstat -q shows for provider.queue");
    }
    if (words.contains("invalid account")) {
      return SchedulerRefusal.permanent(said, "set provider.account to one that you may charge");
    }
    if (words.contains("illegal -n value")) {
      return SchedulerRefusal.permanent(
          said, "shorten provider.job-name-prefix or the name of the run");
    }
    if (words.contains("unknown resource")
        || words.contains("illegal attribute")
        || words.contains("illegal -")
        || words.contains("usage")) {
      return SchedulerRefusal.permanent(
          said, "mend provider.select-options, directives.add or the template");
    }
    if (words.contains("unauthorized") || words.contains("bad uid") || words.contains("root")) {
      return SchedulerRefusal.permanent(
          said, "ask the site for the right to submit from this host");
    }
    return SchedulerRefusal.passing(said, "see stderr; if it lasts, ask the site");
  }
}
