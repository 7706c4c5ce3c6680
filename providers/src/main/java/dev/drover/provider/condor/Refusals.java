package dev.drover.provider.condor;

import static java.util.stream.Collectors.joining;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;
import java.util.Locale;

/** What HTCondor's refusals mean, by their texts. */
final class Refusals {
  private static final int NOT_FOUND = 127;

  private static final List<String> OUTAGES =
      List.of(
          "failed to fetch ads",
          "failed to connect",
          "can't find address",
          "couldn't contact",
          "cedar:",
          "secman:",
          "authenticat");

  private Refusals() {}

  /** Whether it could not reach the queue; some versions say so and exit with zero. */
  static boolean isOutage(CommandResult result) {
    String notes =
        result.stdout().lines().filter(line -> line.startsWith("-- ")).collect(joining("\n"));
    String low = (result.stderr() + notes).toLowerCase(Locale.ROOT);
    return OUTAGES.stream().anyMatch(low::contains);
  }

  static SchedulerRefusal ofSubmit(CommandResult result) {
    String said = said(result);
    String low = said.toLowerCase(Locale.ROOT);
    if (result.exitCode() == NOT_FOUND) {
      return notFound();
    }
    if (low.contains("would exceed")) {
      return SchedulerRefusal.passing(
          said, "wait for jobs to end, or lower provider.max-blocks or provider.max-queued-blocks");
    }
    List<String> sinceCommit = sinceCommit(result);
    if (!sinceCommit.isEmpty()) {
      return ofCommit(said, sinceCommit);
    }
    if (isOutage(result)) {
      return SchedulerRefusal.passing(said, outageFix());
    }
    if (low.contains("parse") || low.contains("syntax") || low.contains("invalid")) {
      return SchedulerRefusal.permanent(
          said,
          "mend provider.constraint (HTCondor's requirements), provider.account or directives.add;"
              + " condor_submit -dry-run tells more");
    }
    if (low.contains("user is disabled")) {
      return SchedulerRefusal.permanent(said, "ask the site to let you run jobs");
    }
    return SchedulerRefusal.passing(
        said,
        "see stderr; a line of the description is dropped by directives.skip, or added by"
            + " directives.add");
  }

  /** What it said from the failure to commit on, however many warnings stand before it. */
  private static List<String> sinceCommit(CommandResult result) {
    return (result.stderr() + "\n" + result.stdout())
        .lines()
        .map(String::strip)
        .dropWhile(line -> !line.toLowerCase(Locale.ROOT).contains("failed to commit"))
        .toList();
  }

  /**
   * With a reason it is a rule of the site that was broken; without, the connection may be it, and
   * the job may be in the queue. A reason is an error of its own that follows, and no warning.
   */
  private static SchedulerRefusal ofCommit(String said, List<String> sinceCommit) {
    boolean hasReason = sinceCommit.stream().skip(1).anyMatch(line -> line.startsWith("ERROR:"));
    return hasReason
        ? SchedulerRefusal.permanent(
            said,
            "set provider.account, provider.memory-per-node, provider.constraint or directives.add"
                + " as the site's rule asks")
        : SchedulerRefusal.unanswered(said, outageFix());
  }

  static SchedulerRefusal ofQuery(CommandResult result) {
    if (result.exitCode() == NOT_FOUND) {
      return notFound();
    }
    return SchedulerRefusal.passing(
        said(result), isOutage(result) ? outageFix() : "see stderr, and run the command by hand");
  }

  private static String outageFix() {
    return "look whether the schedd runs, and your credentials hold, on the head node (condor_q);"
        + " if it is only slow, raise provider.command-timeout";
  }

  private static SchedulerRefusal notFound() {
    return SchedulerRefusal.permanent(
        "HTCondor's commands were not found",
        "put condor_submit and condor_q on the PATH of the head node, or set provider.type");
  }

  /** What it said, on one line. */
  private static String said(CommandResult result) {
    List<String> lines =
        (result.stderr() + "\n" + result.stdout())
            .lines()
            .map(line -> line.strip().replaceFirst("^(-- |ERROR: )", ""))
            .filter(line -> !line.isEmpty() && !line.startsWith("Submitting job"))
            .limit(4)
            .toList();
    return lines.isEmpty()
        ? "exit code " + result.exitCode() + " without a word"
        : String.join("; ", lines);
  }
}
