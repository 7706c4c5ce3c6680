package dev.drover.provider.pbs;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;

/**
 * Why {@code qsub} refused. Its exit code is PBS's error number (pbs_error.h) modulo 256; the words
 * are the server's or those of a site's hook.
 */
final class PbsSubmitRefusal {
  /** Below this and from 129 on, an exit code is the shell's for a signal and not PBS's. */
  private static final int FIRST_PBS_ERROR = 153;

  private PbsSubmitRefusal() {}

  static SchedulerRefusal of(CommandResult result) {
    String said = PbsErrors.said("qsub", result);
    int code = result.exitCode();
    return switch (code) {
      case 1, 2, 3, 5 -> usage(said);
      case 32 ->
          SchedulerRefusal.permanent(
              "the site's hook says: " + said,
              "do as it says: provider.account, provider.queue, provider.select-options or"
                  + " directives.add, such as -l filesystems=home");
      case 38 ->
          SchedulerRefusal.passing(
              said,
              "wait until jobs have ended, or lower provider.max-blocks or"
                  + " provider.max-queued-blocks");
      case 126, 127 ->
          SchedulerRefusal.permanent(
              "there is no qsub", "put PBS's commands on the PATH of the head node's login shell");
      case 159 ->
          SchedulerRefusal.permanent(said, "ask the site for the right to submit from this host");
      case 166 ->
          SchedulerRefusal.permanent(
              said, "mend the value in provider.select-options or directives.add");
      case 170 ->
          SchedulerRefusal.permanent(
              said, "set provider.queue to one of the queues that qstat -Q lists");
      case 173 ->
          SchedulerRefusal.passing(
              said, "wait until the queue is enabled, or set provider.queue to another one");
      case 174 ->
          SchedulerRefusal.permanent(
              said,
              "set provider.queue to one that you may use; behind a routing queue, name that one");
      case 187 ->
          SchedulerRefusal.permanent(
              said,
              "leave the resource out of provider.select-options and directives.add; if it is"
                  + " ngpus, leave out provider.accelerators-per-node");
      case 188 ->
          SchedulerRefusal.permanent(
              said,
              "lower provider.walltime or provider.nodes-per-block to what qstat -Qf shows for"
                  + " provider.queue");
      default -> other(code, said, result);
    };
  }

  private static SchedulerRefusal usage(String said) {
    if (said.contains("script file")) {
      return SchedulerRefusal.passing(
          said, "choose a run directory on a file system that the head node sees");
    }
    return said.contains("ob name is too long") || said.contains("illegal -N value")
        ? SchedulerRefusal.permanent(
            said, "shorten provider.job-name-prefix or the name of the run; PBS takes 230 letters")
        : SchedulerRefusal.permanent(
            said, "mend directives.add or the template; qsub does not understand the script");
  }

  private static SchedulerRefusal other(int code, String said, CommandResult result) {
    if (PbsErrors.tellsOfNoServer(result)) {
      // No connection, no job: it may be submitted again without looking.
      return SchedulerRefusal.passing(said, "wait until the PBS server answers again");
    }
    boolean onItsWay = said.contains("end of message") || code > 128 && code < FIRST_PBS_ERROR;
    return onItsWay
        ? SchedulerRefusal.unanswered(said, "see whether PBS has the job, then submit it again")
        : SchedulerRefusal.passing(said, "see stderr; if it lasts, ask the site");
  }
}
