package dev.drover.cli.sites;

import dev.drover.provider.JobLimits;
import dev.drover.provider.QueueFacts;
import dev.drover.site.Key;
import dev.drover.site.QueueKeys;
import dev.drover.site.QueueLimits;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.time.Duration;
import java.util.Optional;

/**
 * Compares one queue of a site's data with the limits that the scheduler tells. Exactly, where the
 * scheduler has a queue or a quality of service of that name; else the site's is a class of jobs
 * within a larger queue, and only what that would refuse counts.
 */
final class QueueComparison {
  private final Site site;
  private final QueueLimits here;
  private final String scheduler;
  private final LiveFindings findings;

  QueueComparison(Site site, QueueLimits here, String scheduler, LiveFindings findings) {
    this.site = site;
    this.here = here;
    this.scheduler = scheduler;
    this.findings = findings;
  }

  /** The key of one of this queue's attributes. */
  <T> Key<?> key(Key<T> family) {
    return SiteKeys.find(family.name().replace(QueueKeys.PLACEHOLDER, here.name())).orElseThrow();
  }

  /**
   * Compares with a queue's own limits.
   *
   * @param exact whether the queue is this one, and not one that holds it
   */
  void with(QueueFacts told, boolean exact) {
    with(told.limits().withinNodes(told.nodes()), exact);
    boolean nothingElseLimits = told.limits().maxNodes().map(most -> most == 0).orElse(true);
    if (nothingElseLimits && told.nodes() > 0 && here.maxNodes() > told.nodes()) {
      findings.problem(
          key(QueueKeys.MAX_NODES),
          "is %d, but queue %s of %s has only %d nodes; set %s = %d"
              .formatted(
                  here.maxNodes(),
                  told.name(),
                  scheduler,
                  told.nodes(),
                  key(QueueKeys.MAX_NODES),
                  told.nodes()));
    }
  }

  /** Compares with limits, such as those of a quality of service. */
  void with(JobLimits told, boolean exact) {
    least(QueueKeys.MIN_NODES, here.minNodes(), told.minNodes(), exact);
    most(QueueKeys.MAX_NODES, here.maxNodes(), told.maxNodes(), 0, exact);
    least(QueueKeys.MIN_WALLTIME, here.minWalltime(), told.minWalltime(), exact);
    most(QueueKeys.MAX_WALLTIME, here.maxWalltime(), told.maxWalltime(), Duration.ZERO, exact);
    most(QueueKeys.MAX_QUEUED, here.maxQueued(), told.maxQueued(), 0, exact);
    most(QueueKeys.MAX_RUNNING, here.maxRunning(), told.maxRunning(), 0, exact);
    if (exact
        && !here.maxWalltime().isZero()
        && told.maxWalltime().equals(Optional.of(Duration.ZERO))) {
      unlimited(QueueKeys.MAX_WALLTIME, here.maxWalltime());
    }
  }

  private <T extends Comparable<T>> void most(
      Key<T> family, T ours, Optional<T> told, T none, boolean exact) {
    if (told.isEmpty() || told.get().equals(none)) {
      return;
    }
    boolean tooMuch = ours.equals(none) || ours.compareTo(told.get()) > 0;
    if (tooMuch || exact && !ours.equals(told.get())) {
      differs(family, ours, told.get());
    }
  }

  private <T extends Comparable<T>> void least(
      Key<T> family, T ours, Optional<T> told, boolean exact) {
    if (told.isPresent() && (ours.compareTo(told.get()) < 0 || exact && !ours.equals(told.get()))) {
      differs(family, ours, told.get());
    }
  }

  private <T> void differs(Key<T> family, T ours, T theirs) {
    Key<?> key = key(family);
    String told = family.type().print(theirs);
    String said =
        site.keys().contains(key)
            ? "is " + family.type().print(ours)
            : "is not there, which means "
                + (ours.equals(family.defaultValue()) && isUpper(family)
                    ? "no limit"
                    : family.type().print(ours));
    findings.problem(
        key, "%s, but %s says %s; set %s = %s".formatted(said, scheduler, told, key, told));
  }

  private static boolean isUpper(Key<?> family) {
    return family.name().contains(".max-");
  }

  private <T> void unlimited(Key<T> family, T ours) {
    findings.note(
        "%s is %s, and %s has no limit there"
            .formatted(key(family), family.type().print(ours), scheduler));
  }
}
