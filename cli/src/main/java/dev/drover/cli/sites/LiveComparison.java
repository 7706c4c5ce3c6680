package dev.drover.cli.sites;

import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.site.Key;
import dev.drover.site.QueueKeys;
import dev.drover.site.QueueLimits;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.spelling.NearestName;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares a site with what its scheduler tells of itself: what no longer exists, what no longer
 * fits, what is said otherwise. What the scheduler does not tell is no finding. Pure.
 */
final class LiveComparison {
  /** Memory is told in whole MiB or GiB, and a system keeps some. */
  private static final long MEMORY_SLACK = 1L << 30;

  /** A large machine has a hundred partitions, or accounts. */
  private static final int MOST_LISTED = 12;

  private final Site site;
  private final String scheduler;
  private final SchedulerFacts facts;
  private final LiveFindings findings;

  private LiveComparison(Site site, String scheduler, SchedulerFacts facts) {
    this.site = site;
    this.scheduler = scheduler;
    this.facts = facts;
    this.findings = new LiveFindings(site);
  }

  /**
   * What differs.
   *
   * @param scheduler its name as messages call it
   */
  static LiveFindings of(Site site, String scheduler, SchedulerFacts facts) {
    LiveComparison comparison = new LiveComparison(site, scheduler, facts);
    comparison.compareBlocks();
    site.queues().forEach(comparison::compareQueue);
    comparison.compareAccount();
    comparison.compareFilesystems();
    comparison.noteUnnamedQueues();
    for (SchedulerFacts.Gap gap : facts.gaps()) {
      comparison.findings.note(gap.why() + "; fix: " + gap.fix());
    }
    return comparison.findings;
  }

  /** The queues that blocks are sent to: more than one where any of several will do. */
  private void compareBlocks() {
    Optional<String> named = site.get(SiteKeys.PROVIDER_QUEUE);
    List<QueueFacts> queues =
        named.isPresent()
            ? Stream.of(named.get().split(","))
                .map(name -> name.replaceFirst("@.*", ""))
                .distinct()
                .flatMap(name -> existing(SiteKeys.PROVIDER_QUEUE, name).stream())
                .toList()
            : facts.defaultQueue().stream().toList();
    for (QueueFacts queue : queues) {
      Key<?> blamed = named.isPresent() ? SiteKeys.PROVIDER_QUEUE : SiteKeys.PROVIDER_TYPE;
      if (queue.standing() != Standing.OPEN) {
        findings.problem(blamed, standing(queue) + "; wait, or set another provider.queue");
      }
      compareBlock("queue " + queue.name() + " of " + scheduler, queue.limits(), queue.nodes());
      compareNodes(queue);
    }
    site.get(SiteKeys.PROVIDER_QOS).ifPresent(this::compareQuality);
  }

  private void compareQuality(String qos) {
    if (facts.qualities().isEmpty()) {
      return;
    }
    JobLimits limits = facts.qualities().get().get(qos);
    if (limits == null) {
      unknown(
          SiteKeys.PROVIDER_QOS, qos, "no QOS of " + scheduler, facts.qualities().get().keySet());
    } else {
      compareBlock("QOS " + qos + " of " + scheduler, limits, 0);
    }
  }

  /** The queue, or the problem that there is none of that name. */
  private Optional<QueueFacts> existing(Key<?> blamed, String name) {
    Optional<QueueFacts> queue = facts.queue(name);
    if (queue.isEmpty()) {
      unknown(
          blamed,
          name,
          "no queue of " + scheduler,
          facts.queues().stream().map(QueueFacts::name).filter(one -> !one.isEmpty()).toList());
    }
    return queue;
  }

  private void unknown(Key<?> blamed, String name, String what, Collection<String> known) {
    String list = known.isEmpty() ? "it has none" : "it has " + listed(known);
    findings.problem(
        blamed,
        "'" + name + "' is " + what + "; " + list,
        NearestName.among(name, List.copyOf(known)));
  }

  /** In the scheduler's order where it has one. */
  private static String listed(Collection<String> names) {
    Collection<String> ordered = names instanceof List ? names : new TreeSet<>(names);
    String more = names.size() > MOST_LISTED ? ", … (" + names.size() + " in all)" : "";
    return ordered.stream().limit(MOST_LISTED).collect(Collectors.joining(", ")) + more;
  }

  private String standing(QueueFacts queue) {
    String what = queue.standing() == Standing.CLOSED ? "takes no jobs" : "starts no jobs";
    return "queue "
        + queue.name()
        + " of "
        + scheduler
        + " "
        + what
        + " now"
        + (queue.reason().isEmpty() ? "" : " (" + queue.reason() + ")");
  }

  private void compareBlock(String where, JobLimits limits, int nodesThere) {
    int nodes = site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK);
    Duration walltime = site.get(SiteKeys.PROVIDER_WALLTIME);
    int most = limits.maxNodes().filter(max -> max > 0).orElse(nodesThere);
    if (nodesThere > 0) {
      most = Math.min(most, nodesThere);
    }
    int least = limits.minNodes().orElse(1);
    if (most > 0 && nodes > most || nodes < least) {
      int fitting = nodes < least ? least : most;
      findings.problem(
          SiteKeys.PROVIDER_NODES_PER_BLOCK,
          "is %d, but %s takes %s %d; set provider.nodes-per-block = %d or another provider.queue"
              .formatted(nodes, where, nodes < least ? "at least" : "at most", fitting, fitting));
    }
    Duration longest = limits.maxWalltime().orElse(Duration.ZERO);
    Duration shortest = limits.minWalltime().orElse(Duration.ZERO);
    boolean tooLong = !longest.isZero() && walltime.compareTo(longest) > 0;
    if (!walltime.isZero() && (tooLong || walltime.compareTo(shortest) < 0)) {
      String fitting = SiteKeys.PROVIDER_WALLTIME.type().print(tooLong ? longest : shortest);
      findings.problem(
          SiteKeys.PROVIDER_WALLTIME,
          "is %s, but %s runs jobs %s %s; set provider.walltime = %s or another provider.queue"
              .formatted(
                  site.text(SiteKeys.PROVIDER_WALLTIME),
                  where,
                  tooLong ? "at most" : "at least",
                  fitting,
                  fitting));
    }
  }

  private void compareNodes(QueueFacts queue) {
    List<NodeKind> kinds = facts.nodesOf(queue);
    String where = "queue " + queue.name() + " of " + scheduler;
    atMost(
        SiteKeys.PROVIDER_CORES_PER_NODE,
        where,
        kinds,
        kind -> Math.max(kind.cpus(), kind.cores()));
    atMost(SiteKeys.PROVIDER_ACCELERATORS_PER_NODE, where, kinds, NodeKind::accelerators);
    compareCpus(where, kinds.stream().mapToInt(NodeKind::cpus).filter(n -> n > 0).boxed().toList());
    long memory = site.get(SiteKeys.PROVIDER_MEMORY_PER_NODE);
    long mostMemory = kinds.stream().mapToLong(NodeKind::memoryBytes).max().orElse(0);
    if (mostMemory > 0 && memory >= mostMemory + MEMORY_SLACK) {
      findings.problem(
          SiteKeys.PROVIDER_MEMORY_PER_NODE,
          "is %s, but no node of %s has more than %s; set provider.memory-per-node = %s"
              .formatted(
                  site.text(SiteKeys.PROVIDER_MEMORY_PER_NODE),
                  where,
                  memory(mostMemory),
                  memory(mostMemory)));
    }
  }

  /** A scheduler that counts cores shows a half or a quarter of the threads that a node has. */
  private void compareCpus(String where, List<Integer> told) {
    int cpus = site.get(SiteKeys.NODE_CPUS);
    if (cpus == 0 || told.isEmpty() || told.contains(cpus)) {
      return;
    }
    String theirs = numbers(told.stream().mapToInt(Integer::intValue));
    if (told.stream().anyMatch(n -> cpus == 2 * n || cpus == 4 * n)) {
      findings.note("node.cpus is %d, and %s counts %s: its cores?".formatted(cpus, where, theirs));
    } else {
      findings.problem(
          SiteKeys.NODE_CPUS,
          "is %d, but nodes of %s have %s; set node.cpus = %d"
              .formatted(cpus, where, theirs, Collections.max(told)));
    }
  }

  /** What is asked of a node must be on some; less than it has may be meant so. */
  private void atMost(
      Key<Integer> key, String where, List<NodeKind> kinds, ToIntFunction<NodeKind> amount) {
    int asked = site.get(key);
    int most = kinds.stream().mapToInt(amount).max().orElse(-1);
    int least = kinds.stream().mapToInt(amount).min().orElse(-1);
    if (asked == 0 || most < 0 || most == 0 && key == SiteKeys.PROVIDER_CORES_PER_NODE) {
      return;
    }
    if (asked > most) {
      findings.problem(
          key,
          "is %d, but no node of %s has more than %d; set %s = %d"
              .formatted(asked, where, most, key, most));
    } else if (asked < least && kinds.stream().noneMatch(kind -> kind.cores() == asked)) {
      findings.note(
          "%s is %d, and each node of %s has %s"
              .formatted(key, asked, where, numbers(kinds.stream().mapToInt(amount))));
    }
  }

  private static String numbers(IntStream numbers) {
    return numbers
        .distinct()
        .sorted()
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(" or "));
  }

  private static String memory(long bytes) {
    return SiteKeys.PROVIDER_MEMORY_PER_NODE.type().print(bytes);
  }

  private void compareQueue(QueueLimits here) {
    QueueComparison comparison = new QueueComparison(site, here, scheduler, findings);
    boolean isItsOwn = here.queue().equals(Optional.of(here.name()));
    Key<?> blamed =
        isItsOwn ? comparison.key(QueueKeys.MAX_NODES) : comparison.key(QueueKeys.SUBMIT_TO);
    Optional<QueueFacts> sentTo = here.queue().flatMap(name -> existing(blamed, name));
    if (here.queue().isEmpty()) {
      sentTo = facts.defaultQueue();
    }
    Optional<JobLimits> quality =
        here.qos().flatMap(qos -> facts.qualities().map(known -> known.get(qos)));
    if (here.qos().isPresent() && facts.qualities().isPresent() && quality.isEmpty()) {
      unknown(
          comparison.key(QueueKeys.QOS),
          here.qos().get(),
          "no QOS of " + scheduler,
          facts.qualities().get().keySet());
    }
    quality.ifPresent(limits -> comparison.with(limits, true));
    Optional<QueueFacts> own = here.qos().isPresent() ? Optional.empty() : facts.queue(here.name());
    own.ifPresent(queue -> comparison.with(queue, true));
    if (own.isEmpty()) {
      sentTo.ifPresent(queue -> comparison.with(queue, false));
    }
    sentTo
        .filter(queue -> queue.standing() != Standing.OPEN)
        .filter(queue -> !site.get(SiteKeys.PROVIDER_QUEUE).equals(Optional.of(queue.name())))
        .ifPresent(queue -> reportStanding(comparison, here, queue));
  }

  /** A queue that {@code provider.queue = auto} would choose must work; others may rest. */
  private void reportStanding(QueueComparison comparison, QueueLimits here, QueueFacts queue) {
    if (here.auto()) {
      Key<?> auto = comparison.key(QueueKeys.AUTO);
      findings.problem(auto, standing(queue) + "; set " + auto + " = false while that lasts");
    } else {
      findings.note(standing(queue));
    }
  }

  private void compareAccount() {
    Optional<String> account = site.get(SiteKeys.PROVIDER_ACCOUNT);
    if (account.isEmpty()) {
      return;
    }
    Optional<Set<String>> mine = facts.accounts();
    if (mine.isPresent() && mine.get().stream().noneMatch(account.get()::equalsIgnoreCase)) {
      findings.problem(
          SiteKeys.PROVIDER_ACCOUNT,
          "'%s' is none of your accounts at %s; %s"
              .formatted(
                  account.get(),
                  scheduler,
                  mine.get().isEmpty() ? "you have none" : "you have " + listed(mine.get())),
          NearestName.among(account.get(), List.copyOf(mine.get())));
    }
    site.get(SiteKeys.PROVIDER_QUEUE)
        .flatMap(facts::queue)
        .filter(queue -> !queue.admits(account.get()))
        .ifPresent(
            queue ->
                findings.problem(
                    SiteKeys.PROVIDER_ACCOUNT,
                    "'%s' may not use queue %s of %s%s"
                        .formatted(
                            account.get(),
                            queue.name(),
                            scheduler,
                            queue.allowedAccounts().map(all -> ", only " + listed(all)).orElse("")
                                + "; set another account or provider.queue")));
  }

  private void compareFilesystems() {
    Optional<String> asked = site.get(SiteKeys.PROVIDER_FILESYSTEMS);
    if (asked.isEmpty() || facts.filesystems().isEmpty()) {
      return;
    }
    for (String name : asked.get().split(":")) {
      if (!facts.filesystems().get().contains(name)) {
        unknown(
            SiteKeys.PROVIDER_FILESYSTEMS,
            name,
            "no file system of " + scheduler,
            facts.filesystems().get());
      }
    }
  }

  /** Where the site tells of its queues, new ones are worth knowing. */
  private void noteUnnamedQueues() {
    if (site.queues().isEmpty()) {
      return;
    }
    List<String> news =
        facts.queues().stream()
            .filter(queue -> queue.standing() == Standing.OPEN)
            .map(QueueFacts::name)
            .filter(
                name ->
                    site.queues().stream()
                        .noneMatch(
                            here ->
                                here.name().equals(name) || here.queue().equals(Optional.of(name))))
            .toList();
    if (!news.isEmpty()) {
      findings.note(
          scheduler
              + " also has: "
              + String.join(", ", news)
              + "; the site's queue.* name them not");
    }
  }
}
