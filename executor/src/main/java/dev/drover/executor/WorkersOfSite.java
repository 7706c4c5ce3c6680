package dev.drover.executor;

import dev.drover.node.WorkerLimits;
import dev.drover.pinning.AffinityPolicy;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a site says of the workers of one node.
 *
 * @param limits what bounds their number
 * @param accelerators names of the node's devices; empty = none
 * @param slotsPerAccelerator workers that share one of those
 * @param cpuAffinity how the node's cpus are given to them
 */
public record WorkersOfSite(
    WorkerLimits limits,
    List<String> accelerators,
    int slotsPerAccelerator,
    AffinityPolicy cpuAffinity) {
  public WorkersOfSite {
    accelerators = List.copyOf(accelerators);
  }

  /** As a run on the site would have it. */
  public static WorkersOfSite of(Site site) {
    List<String> accelerators = site.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS);
    int perAccelerator = site.get(SiteKeys.WORKER_SLOTS_PER_ACCELERATOR);
    int acceleratorSlots = accelerators.size() * perAccelerator;
    int max = site.get(SiteKeys.WORKER_MAX_PER_NODE);
    long memory = site.get(SiteKeys.WORKER_MEMORY_PER_WORKER);
    return new WorkersOfSite(
        new WorkerLimits(
            max == 0 ? OptionalInt.empty() : OptionalInt.of(max),
            OptionalDouble.of(site.get(SiteKeys.WORKER_CORES_PER_WORKER)),
            memory == 0 ? OptionalLong.empty() : OptionalLong.of(memory),
            acceleratorSlots == 0 ? OptionalInt.empty() : OptionalInt.of(acceleratorSlots)),
        accelerators,
        perAccelerator,
        AffinityPolicy.parse(site.get(SiteKeys.WORKER_CPU_AFFINITY)));
  }
}
