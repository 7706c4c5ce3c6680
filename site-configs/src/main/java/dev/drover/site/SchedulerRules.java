package dev.drover.site;

import dev.drover.site.ProviderKeys.ProviderType;
import dev.drover.site.ScriptKeys.LauncherType;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The rules on what a scheduler has a word for, and which launchers work under it. */
final class SchedulerRules {
  private static final Map<Key<?>, Set<ProviderType>> SERVED_BY = new LinkedHashMap<>();

  /** Launchers of one scheduler; a local block may lie in a job of any. */
  private static final Map<LauncherType, ProviderType> LAUNCHED_UNDER =
      new EnumMap<>(LauncherType.class);

  static {
    Set<ProviderType> schedulers =
        EnumSet.complementOf(EnumSet.of(ProviderType.LOCAL, ProviderType.SSH));
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
    SERVED_BY.put(SiteKeys.PROVIDER_FILESYSTEMS, EnumSet.of(ProviderType.PBSPRO));
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
    SERVED_BY.put(SiteKeys.PROVIDER_HOSTS, EnumSet.of(ProviderType.SSH));
    SERVED_BY.put(SiteKeys.PROVIDER_HOSTS_FILE, EnumSet.of(ProviderType.SSH));
    LAUNCHED_UNDER.put(LauncherType.SRUN, ProviderType.SLURM);
    LAUNCHED_UNDER.put(LauncherType.SRUN_MPI, ProviderType.SLURM);
    LAUNCHED_UNDER.put(LauncherType.FLUX, ProviderType.FLUX);
    LAUNCHED_UNDER.put(LauncherType.JSRUN, ProviderType.LSF);
  }

  private final Settings settings;
  private final Predicate<Origin> forAllSites;
  private final List<SiteProblem> problems;

  private SchedulerRules(
      Settings settings, Predicate<Origin> forAllSites, List<SiteProblem> problems) {
    this.settings = settings;
    this.forAllSites = forAllSites;
    this.problems = problems;
  }

  /** Whether that scheduler has a word for the key. */
  static boolean serves(ProviderType provider, Key<?> key) {
    return SERVED_BY.get(key).contains(provider);
  }

  /**
   * Adds the rules that are broken.
   *
   * @param forAllSites whether a value was set for every site that is used, and is not blamed for
   *     meaning nothing to one
   */
  static void check(Settings settings, Predicate<Origin> forAllSites, List<SiteProblem> problems) {
    if (settings.has(SiteKeys.PROVIDER_TYPE)) {
      var rules = new SchedulerRules(settings, forAllSites, problems);
      SERVED_BY.forEach(rules::requireServed);
      rules.requireLauncherOfTheScheduler();
    }
  }

  /** A value that the scheduler has no word for would be lost in silence. */
  private void requireServed(Key<?> key, Set<ProviderType> providers) {
    Setting<ProviderType> provider = settings.get(SiteKeys.PROVIDER_TYPE);
    if (!settings.isSet(key)
        || providers.contains(provider.value())
        || forAllSites.test(settings.get(key).origin())) {
      return;
    }
    KeyType<ProviderType> type = SiteKeys.PROVIDER_TYPE.type();
    problems.add(
        new SiteProblem(
            settings.get(key).origin(),
            key.name(),
            "is nothing to provider "
                + type.print(provider.value())
                + ", only to "
                + providers.stream().sorted().map(type::print).collect(Collectors.joining(", "))
                + "; remove it, or write directives.add"));
  }

  private void requireLauncherOfTheScheduler() {
    Setting<ProviderType> provider = settings.get(SiteKeys.PROVIDER_TYPE);
    Setting<LauncherType> launcher = settings.get(SiteKeys.LAUNCHER_TYPE);
    if (launcher == null
        || provider.value() == ProviderType.LOCAL
        || provider.value() == ProviderType.SSH) {
      return;
    }
    ProviderType needed = LAUNCHED_UNDER.getOrDefault(launcher.value(), provider.value());
    if (needed != provider.value()) {
      KeyType<ProviderType> type = SiteKeys.PROVIDER_TYPE.type();
      problems.add(
          new SiteProblem(
              launcher.origin(),
              SiteKeys.LAUNCHER_TYPE.name(),
              "%s starts nothing in a job of %s (provider.type from %s), only of %s; take mpiexec, gnu-parallel or wrapped"
                  .formatted(
                      SiteKeys.LAUNCHER_TYPE.type().print(launcher.value()),
                      type.print(provider.value()),
                      provider.origin(),
                      type.print(needed))));
    }
  }
}
