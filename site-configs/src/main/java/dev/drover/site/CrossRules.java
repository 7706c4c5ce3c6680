package dev.drover.site;

import static dev.drover.site.SiteKeys.EXECUTOR_HEARTBEAT_PERIOD;
import static dev.drover.site.SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD;
import static dev.drover.site.SiteKeys.LAUNCHER_TYPE;
import static dev.drover.site.SiteKeys.NODE_CPUS;
import static dev.drover.site.SiteKeys.PROVIDER_CORES_PER_NODE;
import static dev.drover.site.SiteKeys.PROVIDER_INIT_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_MAX_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_MIN_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_NODES_PER_BLOCK;

import dev.drover.site.ProviderKeys.ProviderType;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The rules that tie keys together. A rule is silent when one of its keys has no sound value: that
 * problem is reported already.
 */
final class CrossRules {
  private final Settings settings;
  private final List<SiteProblem> problems;

  private CrossRules(Settings settings, List<SiteProblem> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /**
   * Adds the rules that {@code settings} break, and puts the queue that is really asked for in
   * place of a name for it.
   *
   * @param forAllSites whether a value was set for every site that is used
   * @return the queue whose limits hold; empty = the site tells of none
   */
  static Optional<QueueLimits> check(
      Settings settings, Predicate<Origin> forAllSites, List<SiteProblem> problems) {
    var rules = new CrossRules(settings, problems);
    rules.require(
        EXECUTOR_HEARTBEAT_THRESHOLD,
        (threshold, period) -> threshold.compareTo(period) > 0,
        "must be longer than",
        EXECUTOR_HEARTBEAT_PERIOD);
    rules.require(
        PROVIDER_MIN_BLOCKS, (min, max) -> min <= max, "must not exceed", PROVIDER_MAX_BLOCKS);
    rules.require(
        PROVIDER_INIT_BLOCKS, (init, max) -> init <= max, "must not exceed", PROVIDER_MAX_BLOCKS);
    SshRules.check(settings, problems);
    if (!SshRules.hold(settings)) { // there each host has a launcher of its own
      rules.requireOneNodeWithoutSpreading();
    }
    rules.require(
        PROVIDER_NODES_PER_BLOCK,
        (nodes, provider) -> nodes > 0 || provider == ProviderType.LOCAL,
        "must be 1 or more with",
        SiteKeys.PROVIDER_TYPE);
    rules.require(
        PROVIDER_CORES_PER_NODE,
        (cores, cpus) -> cpus == 0 || cores <= cpus,
        "must not exceed",
        NODE_CPUS);
    Optional<QueueLimits> queue = QueueRules.apply(settings, problems);
    queue.ifPresent(limits -> rules.requireWithin(limits, PROVIDER_INIT_BLOCKS));
    queue.ifPresent(limits -> rules.requireWithin(limits, PROVIDER_MIN_BLOCKS));
    SchedulerRules.check(settings, forAllSites, problems);
    WorkerRules.check(settings, problems);
    MpiRules.check(settings, problems);
    return queue;
  }

  private void requireOneNodeWithoutSpreading() {
    require(
        PROVIDER_NODES_PER_BLOCK,
        (nodes, launcher) -> nodes == 1 || launcher != SiteKeys.LauncherType.SINGLE_NODE,
        "must be 1 with",
        LAUNCHER_TYPE);
  }

  /** Blames the first key where it was set, or the second where only that one was. */
  private <A, B> void require(
      Key<A> first, BiPredicate<A, B> holds, String relation, Key<B> second) {
    Setting<A> a = settings.get(first);
    Setting<B> b = settings.get(second);
    if (a == null || b == null || holds.test(a.value(), b.value())) {
      return;
    }
    String problem =
        "%s %s %s, %s (%s)"
            .formatted(
                first.type().print(a.value()),
                relation,
                second,
                second.type().print(b.value()),
                b.origin());
    if (a.origin().equals(Origin.DEFAULT)) {
      problem = "%s, by default %s".formatted(first, problem);
      problems.add(new SiteProblem(b.origin(), second.name(), problem));
    } else {
      problems.add(new SiteProblem(a.origin(), first.name(), problem));
    }
  }

  /** Blocks that are always there are no more than the queue lets one user have. */
  private void requireWithin(QueueLimits queue, Key<Integer> blocks) {
    Setting<Integer> asked = settings.get(blocks);
    if (asked != null && queue.mostJobs(asked.value()) < asked.value()) {
      problems.add(
          new SiteProblem(
              asked.origin(),
              blocks.name(),
              "%d is more than queue %s lets a user have at once, %s"
                  .formatted(
                      asked.value(),
                      queue.name(),
                      QueueLimits.counted(queue.mostJobs(asked.value()), "job"))));
    }
  }
}
