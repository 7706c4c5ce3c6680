package dev.drover.pinning;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether the system lets workers be pinned as they are to be: each mask is set and read back once,
 * on a thread that then ends.
 *
 * @param words how workers are pinned, as a manager tells when it registers; empty = not at all
 * @param warnings what the system refused, and what happens instead
 */
public record PinningTrial(String words, List<String> warnings) {
  public PinningTrial {
    warnings = List.copyOf(warnings);
  }

  /** Tries the masks of all workers. */
  public static PinningTrial of(SlotPlaces places) {
    if (places.cpus().isEmpty()) {
      return new PinningTrial("", List.of());
    }
    List<CpuSet> got = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Thread trial =
        new Thread(
            () -> run(places.cpus(), CpuAffinity::pinCallingThread, got, warnings),
            "drover-pinning-trial");
    trial.start();
    try {
      trial.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new PinningTrial(words(places.policy(), got), warnings);
  }

  /**
   * @param pin restricts the calling thread and gives the cpus in force
   */
  static void run(
      List<CpuSet> asked, UnaryOperator<CpuSet> pin, List<CpuSet> got, List<String> warnings) {
    for (int rank = 0; rank < asked.size(); rank++) {
      CpuSet cpus = asked.get(rank);
      try {
        CpuSet inForce = pin.apply(cpus);
        got.add(inForce);
        if (!inForce.equals(cpus)) {
          warnings.add(
              "the system pins worker %d to cpus %s in place of %s".formatted(rank, inForce, cpus));
        }
      } catch (IllegalArgumentException | IllegalStateException e) {
        got.add(CpuSet.of());
        warnings.add(
            "the system refuses to pin worker %d to cpus %s, so its tasks run wherever the manager may: %s"
                .formatted(rank, cpus, e.getMessage()));
      }
    }
  }

  static String words(AffinityPolicy policy, List<CpuSet> got) {
    return policy.kind().word()
        + ": "
        + IntStream.range(0, got.size())
            .mapToObj(
                rank -> rank + " on " + (got.get(rank).size() == 0 ? "any cpu" : got.get(rank)))
            .collect(Collectors.joining("; "));
  }
}
