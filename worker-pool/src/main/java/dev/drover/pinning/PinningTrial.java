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
 * @param places as they are, with the cpus that the system really keeps each worker on
 * @param words how workers are pinned, as a manager tells when it registers; empty = not at all
 * @param problem what the system refused, what happens instead, and the mend; empty = nothing
 */
public record PinningTrial(SlotPlaces places, String words, String problem) {
  /** Tries the masks of all workers. */
  public static PinningTrial of(SlotPlaces places) {
    return of(places, CpuAffinity::pinCallingThread);
  }

  /**
   * @param pin restricts the calling thread and gives the cpus in force
   */
  static PinningTrial of(SlotPlaces places, UnaryOperator<CpuSet> pin) {
    if (places.cpus().isEmpty()) {
      return new PinningTrial(places, "", "");
    }
    Trial trial = new Trial(places.cpus(), pin);
    Thread thread = new Thread(trial, "drover-pinning-trial");
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it ends at once, whatever the system says
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new PinningTrial(
        places.withMasks(trial.masks),
        words(places.policy(), trial.masks),
        trial.problem(places.policy()));
  }

  private static String words(AffinityPolicy policy, List<CpuSet> masks) {
    return policy.kind().word()
        + ": "
        + IntStream.range(0, masks.size())
            .mapToObj(
                rank -> rank + " on " + (masks.get(rank).size() == 0 ? "any cpu" : masks.get(rank)))
            .collect(Collectors.joining("; "));
  }

  private static final class Trial implements Runnable {
    private final List<CpuSet> asked;
    private final UnaryOperator<CpuSet> pin;

    /** By worker, the cpus in force; none = it was refused. */
    private final List<CpuSet> masks = new ArrayList<>();

    private final List<Integer> refused = new ArrayList<>();
    private final List<Integer> changed = new ArrayList<>();

    /** Of the first one that was refused. */
    private String cause = "";

    Trial(List<CpuSet> asked, UnaryOperator<CpuSet> pin) {
      this.asked = asked;
      this.pin = pin;
    }

    @Override
    public void run() {
      for (int rank = 0; rank < asked.size(); rank++) {
        CpuSet mask = CpuSet.of();
        try {
          mask = pin.apply(asked.get(rank));
          if (!mask.equals(asked.get(rank))) {
            changed.add(rank);
          }
        } catch (IllegalArgumentException | IllegalStateException e) {
          cause = refused.isEmpty() ? e.getMessage().lines().findFirst().orElse("") : cause;
          refused.add(rank);
        }
        masks.add(mask);
      }
    }

    private String problem(AffinityPolicy policy) {
      List<String> problems = new ArrayList<>();
      if (!refused.isEmpty()) {
        problems.add(
            """
            the system refuses to pin %s (worker.cpu-affinity = %s): %s
              instead: their tasks run wherever the manager may, and are told of no cpus (%s)
              fix:     let the processes of a job set their affinity, which a container or a launcher may forbid, or set worker.cpu-affinity = none"""
                .formatted(
                    workers(refused),
                    policy.kind().word(),
                    cause,
                    String.join(", ", SlotPlaces.OPENMP_VARIABLES.stream().sorted().toList())));
      }
      if (!changed.isEmpty()) {
        int first = changed.get(0);
        problems.add(
            """
            the system keeps %s on other cpus than worker.cpu-affinity = %s says: worker %d on %s in place of %s
              instead: their tasks are told of the cpus that they have
              fix:     ask the scheduler for these cores, or choose among those that the job has"""
                .formatted(
                    workers(changed),
                    policy.kind().word(),
                    first,
                    masks.get(first),
                    asked.get(first)));
      }
      return String.join("\n", problems);
    }

    private static String workers(List<Integer> ranks) {
      return (ranks.size() == 1 ? "worker " : "workers ") + new CpuSet(ranks);
    }
  }
}
