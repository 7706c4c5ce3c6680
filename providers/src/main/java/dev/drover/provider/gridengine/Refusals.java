package dev.drover.provider.gridengine;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;
import java.util.Locale;

/** What Grid Engine's refusals mean, by their texts. */
final class Refusals {
  private static final int NOT_FOUND = 127;

  /** Grid Engine's own code for "try again". */
  private static final int TRY_AGAIN = 25;

  /** A refusal that the same job will always meet. */
  private record Permanent(String sign, String fix) {}

  private static final List<Permanent> PERMANENT =
      List.of(
          new Permanent("unknown queue", "set provider.queue; qconf -sql lists the queues"),
          new Permanent(
              "requested parallel environment",
              "set provider.parallel-environment; qconf -spl lists those there are"),
          new Permanent(
              "requested project",
              "set provider.account to a project of yours; qconf -sprjl lists them"),
          new Permanent(
              "no access to project", "set provider.account to a project that lets you in"),
          new Permanent(
              "advance reservation",
              "set provider.reservation to the number of one; qrstat lists them"),
          new Permanent(
              "no suitable queues",
              "set provider.walltime, provider.nodes-per-block or provider.queue to what a queue can"
                  + " give; or, if the job asks for a load value, which is not looked at before it"
                  + " is queued, directives.skip = -w"),
          new Permanent(
              "unknown resource",
              "remove it from directives.add, or skip it by directives.skip; qconf -sc lists the"
                  + " resources"),
          new Permanent(
              "is not a submit host",
              "submit from a submit host of the cluster; qconf -ss lists them"),
          new Permanent(
              "invalid option argument",
              "mend directives.add, or skip the directive by directives.skip"),
          new Permanent("is not a time value", "mend the value in directives.add"),
          new Permanent("is not a memory value", "mend the value in directives.add"),
          new Permanent(
              "not allowed in objectname", "mend the name in provider.account or directives.add"),
          new Permanent(
              "no permission",
              "ask the site to let you run jobs, or set provider.account, provider.queue"),
          new Permanent(
              "not allowed", "ask the site to let you run jobs, or set provider.account"));

  private Refusals() {}

  static SchedulerRefusal ofSubmit(CommandResult result) {
    String said = said(result);
    String low = said.toLowerCase(Locale.ROOT);
    if (result.exitCode() == TRY_AGAIN || low.contains("jobs are allowed per")) {
      return SchedulerRefusal.passing(
          said, "wait for jobs to end, or lower provider.max-blocks or provider.max-queued-blocks");
    }
    if (isOutage(low)) {
      return outage(said, low);
    }
    if (result.exitCode() == NOT_FOUND) {
      return notFound("qsub");
    }
    for (Permanent known : PERMANENT) {
      if (low.contains(known.sign())) {
        return SchedulerRefusal.permanent(said, known.fix());
      }
    }
    return SchedulerRefusal.passing(
        said,
        "see stderr; a line of the script is dropped by directives.skip, or added by directives.add");
  }

  static SchedulerRefusal ofQuery(CommandResult result) {
    return result.exitCode() == NOT_FOUND ? notFound("qstat") : of(result);
  }

  static SchedulerRefusal ofCancel(CommandResult result) {
    return result.exitCode() == NOT_FOUND ? notFound("qdel") : of(result);
  }

  private static SchedulerRefusal of(CommandResult result) {
    String said = said(result);
    String low = said.toLowerCase(Locale.ROOT);
    return isOutage(low)
        ? outage(said, low)
        : SchedulerRefusal.passing(said, "see stderr, and run the command by hand");
  }

  private static boolean isOutage(String low) {
    return low.contains("commlib")
        || low.contains("qmaster")
        || low.contains("gdi request")
        || low.contains("sge_root");
  }

  /** A connection that was never made has carried no job; one that broke may have. */
  private static SchedulerRefusal outage(String said, String low) {
    String fix =
        "look whether the qmaster runs and SGE_ROOT, SGE_CELL are set on the head node (qconf -sh);"
            + " if it is only slow, raise provider.command-timeout";
    boolean neverReached =
        low.contains("connection refused")
            || low.contains("unable to contact")
            || low.contains("resolve")
            || low.contains("sge_root");
    return neverReached
        ? SchedulerRefusal.passing(said, fix)
        : SchedulerRefusal.unanswered(said, fix);
  }

  private static SchedulerRefusal notFound(String program) {
    return SchedulerRefusal.permanent(
        program + " was not found",
        "put Grid Engine's commands on the PATH of the head node, as its settings.sh does, or set"
            + " provider.type");
  }

  /** What it said, on one line, without the farewell. */
  private static String said(CommandResult result) {
    String text = (result.stderr() + "\n" + result.stdout()).strip();
    List<String> lines =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.equals("Exiting."))
            .limit(4)
            .toList();
    return lines.isEmpty()
        ? "exit code " + result.exitCode() + " without a word"
        : String.join("; ", lines);
  }
}
