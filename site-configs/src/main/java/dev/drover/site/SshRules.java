package dev.drover.site;

import dev.drover.provider.ssh.SshHost;
import dev.drover.site.ProviderKeys.ProviderType;
import dev.drover.site.ScriptKeys.LauncherType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The rules of provider ssh, whose hosts stand in the site's file. */
final class SshRules {
  private static final Set<LauncherType> LAUNCHERS =
      EnumSet.of(LauncherType.SIMPLE, LauncherType.SINGLE_NODE);

  private final Settings settings;
  private final List<SiteProblem> problems;

  private SshRules(Settings settings, List<SiteProblem> problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /** Whether the site is one of hosts without a scheduler. */
  static boolean hold(Settings settings) {
    Setting<ProviderType> provider = settings.get(SiteKeys.PROVIDER_TYPE);
    return provider != null && provider.value() == ProviderType.SSH;
  }

  /** Adds the rules that are broken. */
  static void check(Settings settings, List<SiteProblem> problems) {
    if (hold(settings)) {
      var rules = new SshRules(settings, problems);
      rules.requireHosts();
      rules.requireEnoughHosts();
      rules.refuseWhatIsOfClusters();
    }
  }

  private void requireHosts() {
    boolean list = settings.isSet(SiteKeys.PROVIDER_HOSTS);
    boolean file = settings.isSet(SiteKeys.PROVIDER_HOSTS_FILE);
    if (list && file) {
      blame(
          SiteKeys.PROVIDER_HOSTS_FILE,
          "and provider.hosts both name hosts; remove one of the two");
    } else if (!list && !file && settings.has(SiteKeys.PROVIDER_HOSTS) && !isLeftToUsers()) {
      problems.add(
          new SiteProblem(
              settings.get(SiteKeys.PROVIDER_TYPE).origin(),
              SiteKeys.PROVIDER_HOSTS.name(),
              "names no host for provider ssh; write provider.hosts = node1, ada@node2*8, or provider.hosts-file"));
    }
  }

  /** What users of the site must set is asked of them at a run. */
  private boolean isLeftToUsers() {
    Setting<List<String>> required = settings.get(SiteKeys.SITE_REQUIRED);
    return required != null
        && (required.value().contains(SiteKeys.PROVIDER_HOSTS.name())
            || required.value().contains(SiteKeys.PROVIDER_HOSTS_FILE.name()));
  }

  private void requireEnoughHosts() {
    Setting<List<SshHost>> hosts = settings.get(SiteKeys.PROVIDER_HOSTS);
    if (hosts == null
        || hosts.value().isEmpty()
        || !settings.haveAll(SiteKeys.PROVIDER_MAX_BLOCKS, SiteKeys.PROVIDER_NODES_PER_BLOCK)) {
      return;
    }
    int blocks = settings.get(SiteKeys.PROVIDER_MAX_BLOCKS).value();
    int nodes = settings.get(SiteKeys.PROVIDER_NODES_PER_BLOCK).value();
    if ((long) blocks * nodes > hosts.value().size()) {
      blame(
          settings.isSet(SiteKeys.PROVIDER_MAX_BLOCKS)
              ? SiteKeys.PROVIDER_MAX_BLOCKS
              : SiteKeys.PROVIDER_NODES_PER_BLOCK,
          tooMany(blocks, nodes, hosts.value().size()));
    }
  }

  /** The same words for hosts that stand in a file, which is read at a run. */
  static String tooMany(int blocks, int nodes, int hosts) {
    return "%d x %d (provider.max-blocks x provider.nodes-per-block) hosts are more than the %d that are named; a host has one block at a time"
        .formatted(blocks, nodes, hosts);
  }

  private void refuseWhatIsOfClusters() {
    Setting<LauncherType> launcher = settings.get(SiteKeys.LAUNCHER_TYPE);
    if (launcher != null && !LAUNCHERS.contains(launcher.value())) {
      blame(
          SiteKeys.LAUNCHER_TYPE,
          "is nothing to provider ssh, which starts a manager on each host itself; remove it");
    }
    Setting<ExecutorKeys.ExecutorType> type = settings.get(SiteKeys.EXECUTOR_TYPE);
    if (type != null && type.value() == ExecutorKeys.ExecutorType.MPI) {
      blame(
          SiteKeys.EXECUTOR_TYPE,
          "mpi wants one manager for a block of several nodes, and provider ssh starts one on each; take htex");
    }
    if (settings.isSet(SiteKeys.HEADNODE_URL)) {
      blame(
          SiteKeys.HEADNODE_URL,
          "is nothing to provider ssh: its hosts are reached from this machine; if the way leads through that one, name it in headnode.jump");
    }
  }

  private void blame(Key<?> key, String problem) {
    problems.add(new SiteProblem(settings.get(key).origin(), key.name(), problem));
  }
}
