package dev.drover.cli.sites;

import dev.drover.node.NodeCapacity;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.site.Key;
import dev.drover.site.QueueKeys;
import dev.drover.site.SiteKeys;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A site file in its first form, made from what a scheduler and a node tell: sound as it is, with
 * {@code FILL IN} where only a person knows. Pure.
 *
 * @param name of the site
 * @param provider as {@code provider.type} has it
 * @param scheduler as messages call it
 * @param facts that it told
 * @param host where it was asked
 * @param node this process's own, as it shows itself
 * @param accelerators of this node
 * @param today the day of asking
 */
record SiteDraft(
    String name,
    String provider,
    String scheduler,
    SchedulerFacts facts,
    String host,
    NodeCapacity node,
    int accelerators,
    LocalDate today) {
  /** What a person must look at has this word. */
  static final String FILL_IN = "FILL IN";

  private static final Duration SHORT = Duration.ofMinutes(30);
  private static final double GIB = 1L << 30;

  /** The file's whole text. */
  String text() {
    Lines lines = new Lines();
    metadata(lines);
    scheduler(lines);
    node(lines);
    launcher(lines);
    queues(lines);
    return lines.text();
  }

  private void metadata(Lines lines) {
    String asked = scheduler + facts.version().map(version -> " " + version).orElse("");
    lines.comment("%s, as %s on %s described it on %s.", name, asked, host, today);
    lines.comment(
        "Mend what says %s, then: drover sites check FILE, and drover sites check --live FILE.",
        FILL_IN);
    lines.gap();
    lines.set(SiteKeys.SITE_NAME, name);
    lines.set(SiteKeys.SITE_DESCRIPTION, FILL_IN + ": what the machine is and who may use it");
    lines.set(SiteKeys.SITE_CONTACT, FILL_IN + ": whom to ask about this file");
    lines.set(SiteKeys.SITE_SOURCE, asked + " on " + host + ", asked by drover sites new");
    lines.set(SiteKeys.SITE_VERIFIED, Optional.of(today));
    lines.comment("Say active when a run has shown that it works.");
    lines.set(SiteKeys.SITE_STATUS, SiteKeys.Status.UNVERIFIED);
    lines.comment(
        "Login nodes, where this site is chosen without --site; their names must be no other machine's:");
    lines.suggest(SiteKeys.SITE_HOSTS, List.of(host.replaceFirst("[0-9]+(\\..*)?$", "") + "*"));
    lines.gap();
  }

  private void scheduler(Lines lines) {
    lines.comment("What a block is: a small job, to begin with.");
    lines.line(SiteKeys.PROVIDER_TYPE.name(), provider);
    Optional<QueueFacts> queue = queue();
    queue
        .filter(one -> !one.name().isEmpty())
        .ifPresent(one -> lines.set(SiteKeys.PROVIDER_QUEUE, Optional.of(one.name())));
    lines.set(SiteKeys.PROVIDER_NODES_PER_BLOCK, nodesPerBlock());
    lines.set(SiteKeys.PROVIDER_WALLTIME, walltime());
    lines.set(SiteKeys.PROVIDER_MAX_BLOCKS, 4);
    facts
        .accounts()
        .filter(accounts -> !accounts.isEmpty())
        .ifPresent(
            accounts -> {
              lines.comment(
                  "%s: where each user must name an account (yours: %s), ask for it here.",
                  FILL_IN, String.join(", ", new TreeSet<>(accounts)));
              lines.suggest(SiteKeys.SITE_REQUIRED, List.of(SiteKeys.PROVIDER_ACCOUNT.name()));
            });
    facts
        .filesystems()
        .filter(filesystems -> !filesystems.isEmpty())
        .ifPresent(
            filesystems -> {
              lines.comment("%s: which of the file systems jobs need.", FILL_IN);
              lines.suggest(
                  SiteKeys.PROVIDER_FILESYSTEMS,
                  Optional.of(String.join(":", new TreeSet<>(filesystems))));
            });
    lines.comment("Lines of the job script before the manager starts, where Java needs a module:");
    lines.suggest(SiteKeys.PROVIDER_WORKER_INIT, "module load java");
    for (SchedulerFacts.Gap gap : facts.gaps()) {
      lines.comment("Not told: %s.", gap.why());
    }
    lines.gap();
  }

  /** The one that jobs go to which name none, while it works; else the first that works. */
  private Optional<QueueFacts> queue() {
    return facts
        .defaultQueue()
        .filter(queue -> queue.standing() == Standing.OPEN)
        .or(
            () ->
                facts.queues().stream()
                    .filter(queue -> queue.standing() == Standing.OPEN)
                    .findFirst());
  }

  private int nodesPerBlock() {
    return queue().flatMap(queue -> queue.limits().minNodes()).orElse(1);
  }

  private Duration walltime() {
    JobLimits limits = queue().map(QueueFacts::limits).orElse(JobLimits.UNTOLD);
    Duration longest = limits.maxWalltime().filter(most -> !most.isZero()).orElse(SHORT);
    Duration fitting = longest.compareTo(SHORT) < 0 ? longest : SHORT;
    Duration least = limits.minWalltime().orElse(Duration.ZERO);
    return fitting.compareTo(least) < 0 ? least : fitting;
  }

  private void node(Lines lines) {
    List<NodeKind> kinds = queue().map(facts::nodesOf).orElse(List.of());
    for (NodeKind kind : kinds) {
      lines.comment("Nodes: %s.", described(kind));
    }
    Optional<NodeKind> only = kinds.size() == 1 ? Optional.of(kinds.get(0)) : Optional.empty();
    if (kinds.size() > 1) {
      lines.comment("%s: they are of several kinds; which one are blocks for?", FILL_IN);
    } else if (kinds.isEmpty()) {
      lines.comment("%s: %s did not tell what a node has.", FILL_IN, scheduler);
    }
    NodeKind kind =
        only.orElseGet(
            () ->
                kinds.isEmpty()
                    ? new NodeKind(1, node.cpus().size(), 0, node.memoryBytes(), accelerators)
                    : kinds.get(0));
    if (kind.cpus() > 0) {
      lines.setOrSuggest(only.isPresent(), SiteKeys.PROVIDER_CORES_PER_NODE, kind.cpus());
    }
    if (kind.accelerators() > 0) {
      lines.setOrSuggest(
          only.isPresent(), SiteKeys.PROVIDER_ACCELERATORS_PER_NODE, kind.accelerators());
      lines.lineOrSuggest(
          only.isPresent(),
          SiteKeys.WORKER_AVAILABLE_ACCELERATORS.name(),
          Integer.toString(kind.accelerators()));
      int cores = Math.max(kind.cpus(), kind.cores());
      lines.setOrSuggest(
          only.isPresent() && cores >= kind.accelerators(),
          SiteKeys.WORKER_CORES_PER_WORKER,
          Math.max(1.0, cores / kind.accelerators()));
    } else {
      lines.setOrSuggest(only.isPresent(), SiteKeys.WORKER_CORES_PER_WORKER, 1.0);
    }
    if (kind.memoryBytes() > 0) {
      lines.comment("Where a job gets less than all of a node's memory unless it asks:");
      lines.suggest(SiteKeys.PROVIDER_MEMORY_PER_NODE, kind.memoryBytes());
    }
    lines.comment(
        "What a node itself shows: run drover doctor --site FILE on one, in a job. This host, %s, has %d cpus,",
        node.hostname(), node.cpus().size());
    lines.comment(
        "%.0f GiB and %d accelerators. Where nodes have more than one NUMA node or GPU, pin workers:",
        node.memoryBytes() / GIB, accelerators);
    lines.suggest(SiteKeys.NODE_CPUS, kind.cpus() > 0 ? kind.cpus() : node.cpus().size());
    lines.suggest(SiteKeys.WORKER_CPU_AFFINITY, "topology");
    lines.gap();
  }

  private static String described(NodeKind kind) {
    List<String> parts = new ArrayList<>();
    if (kind.cpus() > 0) {
      parts.add(kind.cpus() + " cpus");
    }
    if (kind.cores() > 0) {
      parts.add(kind.cores() + " cores");
    }
    if (kind.memoryBytes() > 0) {
      parts.add(String.format(Locale.ROOT, "%.1f GiB", kind.memoryBytes() / GIB));
    }
    parts.add(kind.accelerators() + " GPUs");
    return kind.count() + " with " + String.join(", ", parts);
  }

  private void launcher(Lines lines) {
    String type =
        switch (provider) {
          case "slurm" -> "srun";
          case "flux" -> "flux";
          default -> nodesPerBlock() == 1 ? "single-node" : "mpiexec";
        };
    lines.comment(
        switch (type) {
          case "srun" -> "One step starts a manager on each node of a block.";
          case "flux" -> "One manager on each node, bound to nothing.";
          default ->
              FILL_IN
                  + ": blocks of several nodes need mpiexec or mpirun, whichever MPI the machine has.";
        });
    lines.line(SiteKeys.LAUNCHER_TYPE.name(), type);
  }

  private void queues(Lines lines) {
    List<QueueFacts> named =
        facts.queues().stream()
            .filter(queue -> SiteKeys.find(key(QueueKeys.NOTE, queue)).isPresent())
            .toList();
    if (!named.isEmpty()) {
      lines.gap();
      lines.comment(
          "The queues. provider.queue = auto takes the first that a block fits and that auto does not rule out.");
    }
    named.forEach(queue -> queue(lines, queue));
    Map<String, JobLimits> qualities = new TreeMap<>(facts.qualities().orElse(Map.of()));
    if (!qualities.isEmpty()) {
      lines.gap();
      lines.comment("Qualities of service, for provider.qos or queue.<name>.qos:");
      qualities.forEach((qos, limits) -> lines.comment("  %s%s", qos, described(limits)));
    }
  }

  private void queue(Lines lines, QueueFacts queue) {
    JobLimits limits = queue.limits().withinNodes(queue.nodes());
    int before = lines.count();
    int most = limits.maxNodes().filter(nodes -> nodes > 0).orElse(queue.nodes());
    limits
        .minNodes()
        .filter(nodes -> nodes > 1)
        .ifPresent(n -> set(lines, QueueKeys.MIN_NODES, queue, n));
    if (most > 0) {
      set(lines, QueueKeys.MAX_NODES, queue, most);
    }
    limits
        .minWalltime()
        .filter(time -> !time.isZero())
        .ifPresent(time -> set(lines, QueueKeys.MIN_WALLTIME, queue, time));
    limits
        .maxWalltime()
        .filter(time -> !time.isZero())
        .ifPresent(time -> set(lines, QueueKeys.MAX_WALLTIME, queue, time));
    limits
        .maxQueued()
        .filter(n -> n > 0)
        .ifPresent(n -> set(lines, QueueKeys.MAX_QUEUED, queue, n));
    limits
        .maxRunning()
        .filter(n -> n > 0)
        .ifPresent(n -> set(lines, QueueKeys.MAX_RUNNING, queue, n));
    if (queue.standing() != Standing.OPEN) {
      set(lines, QueueKeys.AUTO, queue, false);
      set(lines, QueueKeys.NOTE, queue, "on " + today + ": " + plain(queue.reason()));
    } else if (queue.allowedAccounts().isPresent()) {
      String only = String.join(", ", new TreeSet<>(queue.allowedAccounts().get()));
      set(lines, QueueKeys.NOTE, queue, plain("only for accounts " + only));
    } else if (lines.count() == before) {
      set(lines, QueueKeys.NOTE, queue, scheduler + " tells no limit of it");
    }
  }

  private static String key(Key<?> family, QueueFacts queue) {
    return family.name().replace(QueueKeys.PLACEHOLDER, queue.name());
  }

  private static <T> void set(Lines lines, Key<T> family, QueueFacts queue, T value) {
    lines.line(key(family, queue), family.type().print(value));
  }

  /** Words of a scheduler, without what a site file would take for more than words. */
  private static String plain(String words) {
    return words.replaceAll("[\\\\$\\p{Cntrl}\\s]+", " ").strip();
  }

  private static String described(JobLimits limits) {
    List<String> parts = new ArrayList<>();
    limits.maxNodes().filter(n -> n > 0).ifPresent(n -> parts.add(n + " nodes"));
    limits
        .maxWalltime()
        .filter(time -> !time.isZero())
        .ifPresent(time -> parts.add(QueueKeys.MAX_WALLTIME.type().print(time)));
    limits.maxQueued().filter(n -> n > 0).ifPresent(n -> parts.add(n + " jobs of a user"));
    limits.maxRunning().filter(n -> n > 0).ifPresent(n -> parts.add(n + " of them running"));
    return parts.isEmpty() ? "" : ": at most " + String.join(", ", parts);
  }

  /** The lines of a site file, as they come. */
  private static final class Lines {
    private final StringBuilder text = new StringBuilder();
    private int count;

    void comment(String format, Object... values) {
      text.append("# ")
          .append(String.format(Locale.ROOT, format, values).replaceAll("\\s+$", ""))
          .append('\n');
    }

    void gap() {
      text.append('\n');
    }

    <T> void set(Key<T> key, T value) {
      line(key.name(), key.type().print(value));
    }

    /** A line that does nothing until its mark is taken away. */
    <T> void suggest(Key<T> key, T value) {
      comment("%s = %s", key, key.type().print(value));
    }

    <T> void setOrSuggest(boolean certain, Key<T> key, T value) {
      lineOrSuggest(certain, key.name(), key.type().print(value));
    }

    void lineOrSuggest(boolean certain, String key, String value) {
      if (certain) {
        line(key, value);
      } else {
        comment("%s = %s", key, value);
      }
    }

    void line(String key, String value) {
      count++;
      text.append(key).append(" = ").append(value).append('\n');
    }

    int count() {
      return count;
    }

    String text() {
      return text.toString();
    }
  }
}
