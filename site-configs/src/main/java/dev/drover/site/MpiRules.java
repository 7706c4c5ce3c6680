package dev.drover.site;

import dev.drover.site.ExecutorKeys.ExecutorType;
import dev.drover.site.ScriptKeys.LauncherType;
import java.util.List;

/**
 * The rules that {@code executor.type} makes. What a file that is extended says of its nodes'
 * workers is passed over, so that a machine's file serves both kinds of executor.
 */
final class MpiRules {
  /** Keys of workers, of which an MPI block has none but those that run its tasks' commands. */
  private static final List<Key<?>> WORKERS =
      List.of(
          SiteKeys.WORKER_MAX_PER_NODE,
          SiteKeys.WORKER_CORES_PER_WORKER,
          SiteKeys.WORKER_MEMORY_PER_WORKER,
          SiteKeys.WORKER_AVAILABLE_ACCELERATORS,
          SiteKeys.WORKER_SLOTS_PER_ACCELERATOR,
          SiteKeys.WORKER_CPU_AFFINITY,
          SiteKeys.EXECUTOR_PREFETCH,
          SiteKeys.EXECUTOR_PLACEMENT);

  private final Settings settings;
  private final List<SiteProblem> problems;

  private MpiRules(Settings settings, List<SiteProblem> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /** Adds the rules that are broken. */
  static void check(Settings settings, List<SiteProblem> problems) {
    MpiRules rules = new MpiRules(settings, problems);
    Setting<ExecutorType> type = settings.get(SiteKeys.EXECUTOR_TYPE);
    if (type != null) {
      if (type.value() == ExecutorType.MPI) {
        rules.requireSimpleLauncher(type.origin());
        WORKERS.forEach(key -> rules.refuse(key, type.origin()));
      } else {
        rules.refuseWithoutMpi(SiteKeys.MPI_MAX_WORKERS_PER_BLOCK, type.origin());
      }
    }
  }

  private void requireSimpleLauncher(Origin type) {
    Setting<LauncherType> launcher = settings.get(SiteKeys.LAUNCHER_TYPE);
    if (launcher == null || launcher.value() == LauncherType.SIMPLE) {
      return;
    }
    boolean isDefault = launcher.origin().equals(Origin.DEFAULT);
    problems.add(
        new SiteProblem(
            isDefault ? type : launcher.origin(),
            SiteKeys.LAUNCHER_TYPE.name(),
            "is %s%s, and executor.type = mpi has one manager, on the first node of a block; set launcher.type = simple"
                .formatted(
                    SiteKeys.LAUNCHER_TYPE.type().print(launcher.value()),
                    isDefault ? " by default" : "")));
  }

  /** What stands beside {@code executor.type}, or is set on the command line, was meant. */
  private void refuse(Key<?> key, Origin type) {
    if (isMeant(key, type)) {
      problems.add(
          new SiteProblem(
              settings.get(key).origin(),
              key.name(),
              "is nothing to executor.type = mpi, whose tasks have whole nodes; remove it"));
    }
  }

  private void refuseWithoutMpi(Key<?> key, Origin type) {
    if (isMeant(key, type)) {
      problems.add(
          new SiteProblem(
              settings.get(key).origin(),
              key.name(),
              "is nothing to executor.type = htex, where free nodes alone count; remove it, or set executor.type = mpi"));
    }
  }

  private boolean isMeant(Key<?> key, Origin type) {
    Setting<?> setting = settings.get(key);
    return setting != null
        && !setting.value().equals(key.defaultValue())
        && (setting.origin().equals(Origin.SET)
            || type.equals(Origin.DEFAULT)
            || setting.origin().source().equals(type.source()));
  }
}
