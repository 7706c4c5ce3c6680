package dev.drover.provider.slurm;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why a job stands where it stands, in Slurm's word, such as {@code Priority} or {@code
 * JobHeldUser}; some are sentences.
 *
 * @param word empty for none
 */
record SlurmReason(String word) {
  private static final Set<String> NONE = Set.of("", "None", "(null)", "N/A");

  /** A wish that the cluster can never fulfil, and the site keys that mend it. */
  private record Never(Pattern word, String mend) {
    static Never of(String word, String mend) {
      return new Never(Pattern.compile(word), mend);
    }
  }

  private static final List<Never> NEVER =
      List.of(
          Never.of(
              ".*(TimeLimit|WallDuration).*",
              "lower provider.walltime, or set another provider.queue or provider.qos"),
          Never.of(
              "PartitionNodeLimit|.*MaxNodePerJob.*",
              "lower provider.nodes-per-block, or set another provider.queue"),
          Never.of(
              "PartitionConfig|BadConstraints|MaxMemPerLimit|(Assoc|QOS).*PerJob.*|QOSMin.*",
              "ask for less by provider.nodes-per-block, provider.cores-per-node,"
                  + " provider.memory-per-node or provider.accelerators-per-node, or set another"
                  + " provider.constraint or provider.queue"),
          Never.of("(Invalid|No)?Account.*", "set provider.account to one that you may use there"),
          Never.of("(Invalid)?QOS(NotAllowed)?", "set provider.qos to one that you may use there"),
          Never.of("ReservationDeleted", "remove provider.reservation, or set another"),
          Never.of(
              "DependencyNeverSatisfied|DeadLine",
              "remove --dependency and --deadline from directives.add"));

  SlurmReason {
    word = NONE.contains(word.strip()) ? "" : word.strip();
  }

  /** Whether somebody has to release the job before it can start. */
  boolean isHold() {
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.contains("held") || lower.contains("hold");
  }

  /** The word, and what is to be done about it if the job can never run as it is. */
  String told() {
    return NEVER.stream()
        .filter(never -> never.word().matcher(word).matches())
        .findFirst()
        .map(never -> word + ": the job can never run as it is; " + never.mend())
        .orElse(word);
  }
}
