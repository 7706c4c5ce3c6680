package dev.drover.provider.slurm;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a failing command's words mean: Slurm has no codes, and its text is all there is. */
final class SlurmRefusals {
  /** {@code sbatch} could not read its own command line or the script's directives. */
  private static final int BAD_OPTIONS = 255;

  private static final String ASK_LATER = "see whether the controller answers, by scontrol ping";

  private static final String NOT_INSTALLED =
      "make Slurm's commands known on the head node's PATH, or set another provider.type";

  /** How a refusal is made. */
  private interface Kind {
    SchedulerRefusal of(String reason, String fix);
  }

  private record Rule(Pattern words, Kind kind, String fix) {
    static Rule of(String words, Kind kind, String fix) {
      return new Rule(Pattern.compile(words, Pattern.CASE_INSENSITIVE), kind, fix);
    }
  }

  /** The first whose words are found holds. */
  private static final List<Rule> RULES =
      List.of(
          // The request may have gone out before the answer was lost.
          Rule.of(
              "timed out|connection reset|broken pipe|\\((send|receive|shutdown) failure\\)"
                  + "|zero bytes were|message receive failure|transport endpoint",
              SchedulerRefusal::unanswered,
              ASK_LATER),
          Rule.of(
              "unable to contact slurm controller|standby mode|temporarily|try again"
                  + "|authentication|munge|problem talking to database",
              SchedulerRefusal::passing,
              ASK_LATER),
          Rule.of(
              "configuration source|configuration file|slurm\\.conf",
              SchedulerRefusal::passing,
              "this head node has no Slurm configuration; check SLURM_CONF there"),
          Rule.of(
              "no cluster .* known by database",
              SchedulerRefusal::permanent,
              "set provider.clusters to clusters that sacctmgr list clusters shows"),
          Rule.of(
              "maxsubmit|grpsubmit",
              SchedulerRefusal::passing,
              "the limit on queued jobs is reached; lower provider.max-blocks or set"
                  + " provider.max-queued-blocks"),
          Rule.of(
              "(assoc|qos)[a-z]*(perjob|wallduration|min)",
              SchedulerRefusal::permanent,
              "ask for less by provider.walltime, provider.nodes-per-block or"
                  + " provider.cores-per-node, or set another provider.account or provider.qos"),
          Rule.of(
              "violates accounting/qos policy",
              SchedulerRefusal::passing,
              "lower provider.max-blocks if too many jobs are queued, and provider.walltime or"
                  + " provider.nodes-per-block if the job is too large"),
          Rule.of(
              "partition not available|partition.*(inactive|drain)|not available now",
              SchedulerRefusal::passing,
              "wait until the partition is up again, or set another provider.queue"),
          Rule.of(
              "account",
              SchedulerRefusal::permanent,
              "set provider.account to one that you may use there; sacctmgr show assoc user=$USER"
                  + " lists them"),
          Rule.of(
              "partition",
              SchedulerRefusal::permanent,
              "set provider.queue to a partition that you may use; sinfo --summarize lists them"),
          Rule.of("qos", SchedulerRefusal::permanent, "set provider.qos to one that you may use"),
          Rule.of(
              "time limit|--time",
              SchedulerRefusal::permanent,
              "set provider.walltime within the partition's limit, which sinfo --summarize shows,"
                  + " or set another provider.queue"),
          Rule.of(
              "memory",
              SchedulerRefusal::permanent,
              "lower provider.memory-per-node, or set another provider.queue"),
          Rule.of(
              "node configuration|cpu count",
              SchedulerRefusal::permanent,
              "lower provider.cores-per-node, provider.memory-per-node or"
                  + " provider.accelerators-per-node to what a node has"),
          Rule.of(
              "node count|more processors",
              SchedulerRefusal::permanent,
              "lower provider.nodes-per-block or provider.cores-per-node to what the partition"
                  + " allows, or set another provider.queue"),
          Rule.of(
              "feature|constraint",
              SchedulerRefusal::permanent,
              "set provider.constraint to features that sinfo --format=%f shows"),
          Rule.of(
              "reservation",
              SchedulerRefusal::permanent,
              "set provider.reservation to one that scontrol show reservation lists"),
          Rule.of(
              "gres|generic resource",
              SchedulerRefusal::permanent,
              "set provider.gres and provider.accelerators-per-node to what sinfo --format=%G"
                  + " shows"),
          Rule.of(
              "unrecognized option|invalid .*specif|invalid node name|dependency problem"
                  + "|does not look like a batch script|dos line breaks|script is empty"
                  + "|permission denied|not permitted|not allowed",
              SchedulerRefusal::permanent,
              "see the script; directives come from the site file's provider.*, directives.add and"
                  + " template.file, and directives.skip leaves one out"));

  private SlurmRefusals() {}

  /** What a submission that failed was told. */
  static SchedulerRefusal ofSubmit(CommandResult result) {
    String words = words(result.stderr());
    if (cannotBeRun(result)) {
      return SchedulerRefusal.permanent("sbatch cannot be run there", NOT_INSTALLED);
    }
    for (Rule rule : RULES) {
      if (rule.words().matcher(words).find()) {
        return rule.kind().of(words, rule.fix());
      }
    }
    return result.exitCode() == BAD_OPTIONS
        ? SchedulerRefusal.permanent(words, "see the script's directives")
        : SchedulerRefusal.passing(words, "see stderr");
  }

  /** What a question, or a wish to cancel, that failed was told. */
  static SchedulerRefusal ofQuestion(CommandResult result) {
    return SchedulerRefusal.passing(
        words(result.stderr()), cannotBeRun(result) ? NOT_INSTALLED : ASK_LATER);
  }

  private static boolean cannotBeRun(CommandResult result) {
    return result.exitCode() == 127 || result.exitCode() == 126;
  }

  /**
   * Whether the one thing that went wrong is that Slurm has forgotten the job. It says so of one
   * job; of several it is silent. What a site's plugins print beside it does not count.
   */
  static boolean isForgottenJob(CommandResult result) {
    List<String> errors = result.stderr().lines().filter(line -> line.contains("error")).toList();
    return !errors.isEmpty()
        && errors.stream().allMatch(line -> line.endsWith("Invalid job id specified"));
  }

  /** Slurm's own words, without what begins and repeats them. */
  static String words(String stderr) {
    String words =
        stderr
            .lines()
            .map(
                line ->
                    line.replaceFirst("^s[a-z]+: ((error|fatal): )?", "")
                        .replaceFirst("^Batch job submission failed: ", "")
                        .replaceFirst("^allocation failure: ", "")
                        .strip())
            .filter(line -> !line.isEmpty())
            .distinct()
            .collect(Collectors.joining("; "));
    return words.isEmpty() ? "no reason given" : words;
  }
}
