package dev.drover.cli.sites;

import dev.drover.headnode.Command;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.provider.Providers;
import dev.drover.provider.SchedulerSurvey;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes what asks schedulers about themselves.
 *
 * @param sitesHeadNode where the commands of a site's scheduler are
 * @param headNode where a scheduler is looked for that no site describes yet
 */
record Surveys(Function<Site, HeadNode> sitesHeadNode, HeadNode headNode) {
  /** A site's own head node, and this machine. */
  static final Surveys REAL =
      new Surveys(site -> SiteHeadNode.of(site, new ConsolePrompt()), new LocalHeadNode());

  /** A scheduler that is known by a program that no other has. */
  private static final Map<String, String> PROGRAMS = new LinkedHashMap<>();

  static {
    PROGRAMS.put("slurm", "scontrol");
    PROGRAMS.put("pbspro", "pbsnodes");
    PROGRAMS.put("flux", "flux");
  }

  /** The providers whose schedulers can be asked. */
  static List<String> askable() {
    return List.copyOf(PROGRAMS.keySet());
  }

  /** The one of a site's scheduler; the caller closes the head node. */
  SchedulerSurvey of(Site site, HeadNode on) {
    return Providers.survey(
        site.text(SiteKeys.PROVIDER_TYPE),
        site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT),
        site.get(SiteKeys.PROVIDER_CLUSTERS),
        on);
  }

  /** The one of a provider's scheduler, with the defaults of a site. */
  SchedulerSurvey of(String provider) {
    return Providers.survey(
        provider, SiteKeys.PROVIDER_COMMAND_TIMEOUT.defaultValue(), Optional.empty(), headNode);
  }

  /** The providers whose schedulers have their programs there. */
  List<String> installed() throws IOException {
    List<String> installed = new ArrayList<>();
    for (Map.Entry<String, String> entry : PROGRAMS.entrySet()) {
      List<String> look = List.of("sh", "-c", "command -v \"$1\"", "look", entry.getValue());
      if (headNode.run(Command.of(Duration.ofSeconds(30), look)).succeeded()) {
        installed.add(entry.getKey());
      }
    }
    return installed;
  }
}
