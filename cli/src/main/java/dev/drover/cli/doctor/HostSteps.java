package dev.drover.cli.doctor;

import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.provider.ssh.SshHost;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteHosts;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The hosts of a site without a scheduler, a step each. */
final class HostSteps {
  private static final String HOST = "host";

  private HostSteps() {}

  static void run(Site site, Checkup checkup) {
    List<SshHost> hosts;
    try {
      hosts = SiteHosts.of(site);
    } catch (IOException e) {
      checkup.add(Step.failed(HOST, e.getMessage()));
      return;
    }
    for (SshHost host : hosts) {
      try (HeadNode node = SiteHeadNode.of(site, host, new ConsolePrompt())) {
        checkup.add(of(site, node));
      } catch (IOException e) {
        checkup.add(Step.failed(HOST, String.valueOf(e.getMessage())));
      }
    }
  }

  private static Step of(Site site, HeadNode node) throws IOException {
    There there = new There(node, site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT));
    There.Answer shell = there.ask("shell");
    Path here = Path.of("").toAbsolutePath();
    if (!there.sees(here)) {
      return Step.failed(
          HOST,
          here + " is not on " + node.host() + ", which would look for the run there",
          "start drover in a directory that all hosts have under the same path");
    }
    Step java = there.javaStep(HOST, ThereSteps.wantedJava(site));
    return java.isFailed()
        ? java
        : Step.ok(
            HOST,
            "%s is %s, has this directory, and Java %s"
                .formatted(node.host(), shell.of("host"), java.found()));
  }
}
