package dev.drover.site;

import static dev.drover.site.SiteKeys.EXECUTOR_HEARTBEAT_PERIOD;
import static dev.drover.site.SiteKeys.EXECUTOR_HEARTBEAT_THRESHOLD;
import static dev.drover.site.SiteKeys.LAUNCHER_TYPE;
import static dev.drover.site.SiteKeys.PROVIDER_INIT_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_MAX_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_MIN_BLOCKS;
import static dev.drover.site.SiteKeys.PROVIDER_NODES_PER_BLOCK;

import dev.drover.site.SiteKeys.ProviderType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules that tie two keys together. A rule is silent when one of its keys has no sound value:
 * that problem is reported already.
 */
final class CrossRules {
  private static final Map<Key<?>, Set<ProviderType>> SERVED_BY = new LinkedHashMap<>();

  static {
    Set<ProviderType> schedulers = EnumSet.complementOf(EnumSet.of(ProviderType.LOCAL));
    SERVED_BY.put(SiteKeys.PROVIDER_ACCOUNT, schedulers);
    SERVED_BY.put(SiteKeys.PROVIDER_QUEUE, EnumSet.copyOf(schedulers));
    SERVED_BY.get(SiteKeys.PROVIDER_QUEUE).remove(ProviderType.CONDOR);
    SERVED_BY.put(SiteKeys.PROVIDER_QOS, EnumSet.of(ProviderType.SLURM));
    SERVED_BY.put(
        SiteKeys.PROVIDER_RESERVATION,
        EnumSet.of(ProviderType.SLURM, ProviderType.LSF, ProviderType.GRIDENGINE));
    SERVED_BY.put(
        SiteKeys.PROVIDER_CONSTRAINT,
        EnumSet.of(ProviderType.SLURM, ProviderType.FLUX, ProviderType.LSF, ProviderType.CONDOR));
    SERVED_BY.put(SiteKeys.PROVIDER_CLUSTERS, EnumSet.of(ProviderType.SLURM));
    SERVED_BY.put(SiteKeys.PROVIDER_GRES, EnumSet.of(ProviderType.SLURM));
    SERVED_BY.put(
        SiteKeys.PROVIDER_SELECT_OPTIONS, EnumSet.of(ProviderType.PBSPRO, ProviderType.TORQUE));
    SERVED_BY.put(SiteKeys.PROVIDER_PARALLEL_ENVIRONMENT, EnumSet.of(ProviderType.GRIDENGINE));
    SERVED_BY.put(
        SiteKeys.PROVIDER_EXCLUSIVE,
        EnumSet.of(
            ProviderType.SLURM,
            ProviderType.PBSPRO,
            ProviderType.TORQUE,
            ProviderType.LSF,
            ProviderType.FLUX,
            ProviderType.GRIDENGINE));
  }

  private final Map<Key<?>, Setting<?>> settings;
  private final List<SiteProblem> problems = new ArrayList<>();

  private CrossRules(Map<Key<?>, Setting<?>> settings) {
    this.settings = settings;
  }

  /** The rules that {@code settings} break. */
  static List<SiteProblem> check(Map<Key<?>, Setting<?>> settings) {
    var rules = new CrossRules(settings);
    rules.require(
        EXECUTOR_HEARTBEAT_THRESHOLD,
        (threshold, period) -> threshold.compareTo(period) > 0,
        "must be longer than",
        EXECUTOR_HEARTBEAT_PERIOD);
    rules.require(
        PROVIDER_MIN_BLOCKS, (min, max) -> min <= max, "must not exceed", PROVIDER_MAX_BLOCKS);
    rules.require(
        PROVIDER_INIT_BLOCKS, (init, max) -> init <= max, "must not exceed", PROVIDER_MAX_BLOCKS);
    rules.require(
        PROVIDER_NODES_PER_BLOCK,
        (nodes, launcher) -> nodes == 1 || launcher != SiteKeys.LauncherType.SINGLE_NODE,
        "must be 1 with",
        LAUNCHER_TYPE);
    rules.require(
        PROVIDER_NODES_PER_BLOCK,
        (nodes, provider) -> nodes > 0 || provider == ProviderType.LOCAL,
        "must be 1 or more with",
        SiteKeys.PROVIDER_TYPE);
    SERVED_BY.forEach(rules::requireServed);
    rules.requireGroupForEachWorker();
    return rules.problems;
  }

  /** A value that the scheduler has no word for would be lost in silence. */
  private void requireServed(Key<?> key, Set<ProviderType> providers) {
    Setting<?> value = setting(key);
    Setting<ProviderType> provider = setting(SiteKeys.PROVIDER_TYPE);
    if (value == null
        || provider == null
        || value.value().equals(key.defaultValue())
        || providers.contains(provider.value())) {
      return;
    }
    KeyType<ProviderType> type = SiteKeys.PROVIDER_TYPE.type();
    problems.add(
        new SiteProblem(
            value.origin(),
            key.name(),
            "is nothing to provider "
                + type.print(provider.value())
                + ", only to "
                + providers.stream().sorted().map(type::print).collect(Collectors.joining(", "))
                + "; remove it, or write directives.add"));
  }

  /**
   * A list of cpus has a group for each worker. Told only where the file says for sure how many
   * workers a node gets: what else limits them the node itself must tell.
   */
  private void requireGroupForEachWorker() {
    Setting<String> affinity = setting(SiteKeys.WORKER_CPU_AFFINITY);
    Setting<Integer> max = setting(SiteKeys.WORKER_MAX_PER_NODE);
    Setting<List<String>> accelerators = setting(SiteKeys.WORKER_AVAILABLE_ACCELERATORS);
    Setting<Double> cores = setting(SiteKeys.WORKER_CORES_PER_WORKER);
    Setting<Integer> coresOfNode = setting(SiteKeys.PROVIDER_CORES_PER_NODE);
    Setting<Long> memory = setting(SiteKeys.WORKER_MEMORY_PER_WORKER);
    if (Stream.of(affinity, max, accelerators, cores, coresOfNode, memory)
        .anyMatch(Objects::isNull)) {
      return;
    }
    int groups = KeyType.CpuAffinity.groups(affinity.value());
    long most = max.value() == 0 ? Long.MAX_VALUE : max.value();
    if (!accelerators.value().isEmpty()) {
      most = Math.min(most, accelerators.value().size());
    }
    double cpus = coresOfNode.value(); // job scripts tell managers to count on these
    if (cpus > 0) {
      most = Math.min(most, (long) (cpus / cores.value()));
    } else {
      cpus = KeyType.CpuAffinity.cpus(affinity.value()); // they are there, or the list is wrong
    }
    // What memory a node has free nobody knows.
    long surely = memory.value() > 0 ? 0 : Math.min(most, (long) (cpus / cores.value()));
    if (groups > 0 && (groups > most || groups < surely)) {
      problems.add(
          new SiteProblem(
              affinity.origin(),
              SiteKeys.WORKER_CPU_AFFINITY.name(),
              "has %d groups of cpus, but a node has %s workers; give each worker one group"
                  .formatted(
                      groups,
                      most == surely
                          ? most
                          : groups > most ? "at most " + most : "at least " + surely)));
    }
  }

  /** Blames the first key where it was set, or the second where only that one was. */
  private <A, B> void require(
      Key<A> first, BiPredicate<A, B> holds, String relation, Key<B> second) {
    Setting<A> a = setting(first);
    Setting<B> b = setting(second);
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

  @SuppressWarnings("unchecked") // a setting holds a value of its key's type
  private <T> Setting<T> setting(Key<T> key) {
    return (Setting<T>) settings.get(key);
  }
}
