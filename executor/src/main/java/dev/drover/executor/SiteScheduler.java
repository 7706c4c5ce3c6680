package dev.drover.executor;

import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.job.JobOptions;
import dev.drover.launcher.LauncherSettings;
import dev.drover.launcher.Launchers;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.ssh.SshProvider;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteHosts;
import dev.drover.site.SiteKeys;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a site says of its scheduler, of the machine where that is asked, and of job scripts. */
final class SiteScheduler {
  private final Site site;

  SiteScheduler(Site site) {
    this.site = site;
  }

  /** Where the scheduler's commands run; questions are asked at the terminal. */
  HeadNode headNode() {
    return SiteHeadNode.of(site, new ConsolePrompt());
  }

  /**
   * The provider, on the head node or on the site's hosts.
   *
   * @throws IOException if the file of the hosts cannot be read
   */
  Provider provider(HeadNode headNode) throws IOException, ScriptRenderException {
    if (site.get(SiteKeys.PROVIDER_TYPE) != SiteKeys.ProviderType.SSH) {
      return Providers.of(settings(), headNode);
    }
    ConsolePrompt prompt = new ConsolePrompt();
    return new SshProvider(
        settings(), SiteHosts.of(site), host -> SiteHeadNode.of(site, host, prompt));
  }

  ProviderSettings settings() {
    return new ProviderSettings(
        word(site.get(SiteKeys.PROVIDER_TYPE)),
        Launchers.of(
            new LauncherSettings(
                word(site.get(SiteKeys.LAUNCHER_TYPE)),
                ShellQuoting.split(site.get(SiteKeys.LAUNCHER_OPTIONS)),
                site.get(SiteKeys.LAUNCHER_BIND_OPTION),
                site.get(SiteKeys.LAUNCHER_PROGRAM),
                site.get(SiteKeys.LAUNCHER_HOST_FILE),
                ShellQuoting.split(site.get(SiteKeys.LAUNCHER_PREFIX)))),
        jobOptions(),
        site.get(SiteKeys.TEMPLATE_FILE).map(Path::of),
        site.get(SiteKeys.DIRECTIVES_SKIP),
        lines(site.get(SiteKeys.DIRECTIVES_ADD)),
        site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT),
        Duration.ofSeconds(site.get(SiteKeys.WORKER_KILL_GRACE).toSeconds() + 5));
  }

  private JobOptions jobOptions() {
    return new JobOptions(
        site.get(SiteKeys.PROVIDER_ACCOUNT),
        site.get(SiteKeys.PROVIDER_QUEUE),
        site.get(SiteKeys.PROVIDER_QOS),
        site.get(SiteKeys.PROVIDER_RESERVATION),
        site.get(SiteKeys.PROVIDER_CONSTRAINT),
        site.get(SiteKeys.PROVIDER_CLUSTERS),
        site.get(SiteKeys.PROVIDER_GRES),
        site.get(SiteKeys.PROVIDER_SELECT_OPTIONS),
        site.get(SiteKeys.PROVIDER_PARALLEL_ENVIRONMENT),
        site.get(SiteKeys.PROVIDER_EXCLUSIVE),
        site.get(SiteKeys.PROVIDER_FILESYSTEMS));
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
