package dev.drover.cli.doctor;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.run.ChosenSite;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.Signals;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteProblem;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tries the whole path of a site from this machine: the way to its head node, what a run needs
 * there, and, where it is asked for, a block.
 *
 * @param block how long one is waited for, and the engine that asks for it; empty = none is tried
 */
record PathTrial(
    Site site, ChosenSite chosen, Console console, Checkup checkup, Optional<Block> block) {
  /** A block that is to be tried. */
  record Block(Engine engine, Duration patience) {}

  /**
   * Tries it.
   *
   * @return with what the command ends
   */
  ExitCode run() {
    checkup.add(siteItself());
    ConnectSteps way = new ConnectSteps(checkup);
    Optional<SshHeadNode> ssh = SiteHeadNode.overSsh(site, new ConsolePrompt(), way);
    try (HeadNode node = ssh.<HeadNode>map(behind -> behind).orElseGet(LocalHeadNode::new)) {
      try {
        node.open();
      } catch (IOException e) {
        way.failed(e);
        ThereSteps.names(site).forEach(name -> skip(name, "the head node is not reached"));
        skip(BlockTrial.STEP, "the head node is not reached");
        return ExitCode.INFRASTRUCTURE;
      }
      ThereSteps steps =
          ssh.isPresent()
              ? new ThereSteps(site, node, way.host(), way.isDirect(), checkup)
              : new ThereSteps(site, node, checkup);
      steps.run();
      if (site.text(SiteKeys.PROVIDER_TYPE).equals("ssh")) {
        HostSteps.run(site, checkup);
      }
      Optional<ExitCode> stopped = tryBlock(node);
      if (stopped.isPresent()) {
        return stopped.get();
      }
    }
    return checkup.hasFailed() ? ExitCode.INFRASTRUCTURE : ExitCode.DONE;
  }

  private Step siteItself() {
    if (site.missing().isEmpty()) {
      return Step.ok("site", site.name() + ": all is set that a run needs");
    }
    return Step.failed(
        "site",
        site.missing().stream().map(SiteProblem::toString).collect(Collectors.joining("\n")),
        "set it in a file over the site's, or by --set");
  }

  private void skip(String name, String why) {
    checkup.add(Step.untried(name, why));
  }

  private Optional<ExitCode> tryBlock(HeadNode node) {
    if (block.isEmpty()) {
      skip(BlockTrial.STEP, "use --block; it costs one node for a minute");
      return Optional.empty();
    }
    if (checkup.hasFailed()) {
      skip(BlockTrial.STEP, "a step above failed");
      return Optional.empty();
    }
    HeadNode ofRun = ThereSteps.isInterchangeThere(site) ? node : new LocalHeadNode();
    return new BlockTrial(
            block.get().engine(),
            console,
            chosen,
            site,
            ofRun,
            checkup,
            block.get().patience(),
            Signals::install)
        .run();
  }
}
