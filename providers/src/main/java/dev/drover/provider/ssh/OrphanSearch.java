package dev.drover.provider.ssh;

import dev.drover.job.JobSpec;
import dev.drover.provider.StatusUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Looks on all hosts for the living parts of a block that an earlier process submitted, and died
 * before it had written down the block's id. All hosts are asked at once, by the files that each
 * part would have there.
 */
final class OrphanSearch {
  private final JobSpec block;

  /** By their places. */
  private final Map<Integer, BlockPart> parts = new TreeMap<>();

  /** Parts of an earlier try, whose places others have: they are to end. */
  private final List<BlockPart> surplus = new ArrayList<>();

  private final List<String> problems = new ArrayList<>();

  private record Seen(Map<Integer, BlockPart> parts, Optional<String> problem) {}

  /** Asks, and returns when all have answered or failed to. */
  OrphanSearch(JobSpec block, Collection<HostDesk> desks, Instant now, Executor executor) {
    this.block = block;
    List<CompletableFuture<Seen>> asked = new ArrayList<>();
    for (HostDesk desk : desks) {
      asked.add(CompletableFuture.supplyAsync(() -> ask(desk, now), executor));
    }
    for (CompletableFuture<Seen> answer : asked) {
      Seen seen = answer.join();
      seen.problem().ifPresent(problems::add);
      seen.parts().forEach(this::take);
    }
  }

  /** It may have had any place: hosts before it may have been passed over, or be named no more. */
  private Seen ask(HostDesk desk, Instant now) {
    Map<Integer, BlockPart> found = new TreeMap<>();
    try {
      for (int place = 0; place < block.resources().nodes(); place++) {
        int at = place;
        desk.living(desk.part(block, place), now).ifPresent(part -> found.put(at, part));
      }
      return new Seen(found, Optional.empty());
    } catch (StatusUnavailableException e) {
      return new Seen(found, Optional.of(desk.name() + ": " + e.getMessage()));
    }
  }

  private void take(int place, BlockPart part) {
    BlockPart other = parts.putIfAbsent(place, part);
    // One machine may have two names; its files tell the same job under both.
    if (other != null && !other.job().equals(part.job())) {
      surplus.add(part);
    }
  }

  /** Whether a part lives for each of the block's places, and no more. */
  boolean isWhole() {
    return parts.size() == block.resources().nodes() && surplus.isEmpty();
  }

  /** All that were found, in the order of their places. */
  List<BlockPart> parts() {
    List<BlockPart> all = new ArrayList<>(parts.values());
    all.addAll(surplus);
    return List.copyOf(all);
  }

  /**
   * What was found is all only where each host has told.
   *
   * @throws StatusUnavailableException that names those that have not
   */
  void failWhereAHostGaveNoAnswer() throws StatusUnavailableException {
    if (!problems.isEmpty()) {
      throw new StatusUnavailableException(
          "whether block %s was started before this process began cannot be told%s%n  fix:     they are asked again; mend what is said of them, or take a host that is gone for good out of provider.hosts"
              .formatted(
                  block.name(),
                  problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining())),
          null);
    }
  }
}
