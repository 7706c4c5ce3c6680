package dev.drover.cli.doctor;

import dev.drover.cli.console.Figures;
import dev.drover.cli.inspect.RunDirectories;
import dev.drover.cli.sites.LiveCheck;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.provider.Providers;
import dev.drover.provider.SchedulerSurvey;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The steps on a head node that is reached, which may be this machine: what a run on the site will
 * use there. None of them needs another.
 */
final class ThereSteps {
  private static final long LITTLE_KIB = 1L << 20;

  private final Site site;
  private final HeadNode node;
  private final Optional<SshHeadNode> ssh;
  private final There there;
  private final String name;
  private final boolean direct;
  private final Checkup checkup;

  ThereSteps(Site site, HeadNode node, Checkup checkup) {
    this(site, node, node.host(), false, checkup);
  }

  /**
   * @param name the head node's, as it is resolved
   * @param direct whether this machine resolves it, and not the hop before it
   */
  ThereSteps(Site site, HeadNode node, String name, boolean direct, Checkup checkup) {
    this.site = site;
    this.node = node;
    this.name = name;
    this.direct = direct;
    this.ssh = node instanceof SshHeadNode behind ? Optional.of(behind) : Optional.empty();
    this.there = new There(node, site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT));
    this.checkup = checkup;
  }

  /** The names of the steps that there will be, for when the head node is not reached. */
  static List<String> names(Site site) {
    List<String> names = new ArrayList<>(List.of("shell", "clock", "one machine"));
    if (!survey(site, new LocalHeadNode()).programs().isEmpty()) {
      names.add("scheduler");
    }
    names.addAll(List.of("java", "runs"));
    if (isInterchangeThere(site)) {
      names.add("cache");
    }
    return names;
  }

  static boolean isInterchangeThere(Site site) {
    return site.get(SiteKeys.HEADNODE_URL).isPresent()
        && site.get(SiteKeys.HEADNODE_INTERCHANGE) == SiteKeys.InterchangePlace.THERE;
  }

  private static SchedulerSurvey survey(Site site, HeadNode node) {
    return Providers.survey(
        site.text(SiteKeys.PROVIDER_TYPE),
        site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT),
        site.get(SiteKeys.PROVIDER_CLUSTERS),
        node);
  }

  /** One step; what it throws is its failure. */
  private interface Trial {
    Step run() throws IOException;
  }

  private boolean take(String name, String fix, Trial trial) {
    try {
      Step step = trial.run();
      checkup.add(step);
      return !step.isFailed();
    } catch (IOException e) {
      Step failed = Step.failed(name, String.valueOf(e.getMessage()));
      checkup.add(failed.fix().isEmpty() ? Step.failed(name, failed.found(), fix) : failed);
      return false;
    }
  }

  void run() {
    if (ssh.isPresent()) {
      if (!take("shell", "ask the administrators of " + node.host(), this::shell)) {
        names(site).stream()
            .skip(1)
            .forEach(name -> checkup.add(Step.untried(name, "needs the shell")));
        return;
      }
      take("clock", "look whether date works there", this::clock);
      take("one machine", "name one login node in headnode.url", this::oneMachine);
    }
    if (!survey(site, node).programs().isEmpty()) {
      take("scheduler", "run the scheduler's commands there by hand", this::scheduler);
    }
    take(
        "java",
        "set executor.java to a Java of version 17 or newer there; or load one by headnode.init; or have one sent: drover bundle, and headnode.runtime = its file",
        this::java);
    if (isInterchangeThere(site)) {
      take(
          "runs",
          "set headnode.runs to a directory there that you may write to and nodes see, or make room",
          () -> directory("runs", site.get(SiteKeys.HEADNODE_RUNS)));
      take(
          "cache",
          "make it writable, or make room: drover sends its jar there",
          () -> directory("cache", "~/.cache/drover"));
    } else {
      take(
          "runs",
          "start drover in a directory that you may write to and nodes see, or make room",
          this::runsHere);
    }
  }

  private Step shell() throws IOException {
    There.Answer answer = there.ask("shell");
    String found =
        "%s on %s, %s; a command takes %d ms"
            .formatted(
                answer.of("user"), answer.of("host"), answer.of("shell"), answer.took().toMillis());
    String noise = ssh.map(SshHeadNode::startUpOutput).orElse("");
    return noise.isEmpty()
        ? Step.ok("shell", found)
        : Step.ok(
            "shell",
            found + "; start-up files print, which is dropped: " + Figures.shortened(noise, 120));
  }

  private Step clock() throws IOException {
    There.Answer answer = there.ask("clock");
    return Skew.of(answer)
        .step(
            "clock",
            "this machine's",
            "set the wrong one of the two by a time server (timedatectl)");
  }

  /** Since the interchange of a run is a process on one of them. */
  private Step oneMachine() throws IOException {
    List<String> addresses = new ArrayList<>();
    if (direct) {
      for (InetAddress each : InetAddress.getAllByName(name)) {
        addresses.add(each.getHostAddress());
      }
    } else {
      addresses.addAll(there.ask("addresses", name).all("address"));
    }
    return oneMachine(name, addresses, there.ask("shell").of("host"));
  }

  /** A machine may have one address of each kind. */
  static Step oneMachine(String name, List<String> addresses, String host) {
    List<String> old = addresses.stream().filter(each -> each.indexOf(':') < 0).toList();
    List<String> kind = old.isEmpty() ? addresses : old;
    return kind.size() > 1
        ? Step.warn(
            "one machine",
            "%s leads to %d hosts (%s), and a run is to be found on the one where it was begun, here %s"
                .formatted(name, kind.size(), String.join(", ", kind), host),
            "name that one in headnode.url")
        : Step.ok(
            "one machine", name + " is " + host + (kind.isEmpty() ? "" : " (" + kind.get(0) + ")"));
  }

  private Step scheduler() throws IOException {
    SchedulerSurvey survey = survey(site, node);
    List<String> words = new ArrayList<>(List.of("missing"));
    words.addAll(survey.programs());
    There.Answer answer = there.ask(words.toArray(String[]::new));
    List<String> missing = answer.all("missing");
    if (!missing.isEmpty()) {
      return Step.failed(
          "scheduler",
          "%s: command not found on %s%nPATH: %s"
              .formatted(String.join(", ", missing), node.host(), answer.of("path")),
          ssh.isPresent()
              ? "set headnode.init to what makes them known there, such as . /etc/profile, or module load"
              : "load the scheduler's module, or start drover on a login node (headnode.url)");
    }
    String programs = String.join(" ", survey.programs());
    if (!survey.isPossible()) {
      return Step.ok("scheduler", programs + " are there; not asked");
    }
    return scheduler(LiveCheck.of(site, node), programs);
  }

  private Step scheduler(LiveCheck check, String programs) {
    if (check.unasked().isPresent()) {
      return Step.failed("scheduler", check.unasked().get());
    }
    if (!check.problems().isEmpty()) {
      return Step.failed(
          "scheduler",
          check.asked()
              + " is not as the site says:\n"
              + check.problems().stream()
                  .map(SiteProblem::toString)
                  .collect(Collectors.joining("\n")),
          "mend the site's file, or override it by --set; drover sites check --live tells more");
    }
    return Step.ok(
        "scheduler",
        check.asked()
            + ", as the site says; "
            + programs
            + (check.notes().isEmpty()
                ? ""
                : "; " + check.notes().size() + " notes: drover sites check --live"));
  }

  private Step java() throws IOException {
    Optional<Path> runtime =
        isInterchangeThere(site) ? SiteHeadNode.runtime(site) : Optional.empty();
    try {
      return there.javaStep("java", wantedJava(site));
    } catch (IOException e) {
      if (runtime.filter(Files::isRegularFile).isEmpty()) {
        throw e;
      }
      return Step.ok(
          "java", "none of version 17 or newer; a run sends headnode.runtime, " + runtime.get());
    }
  }

  /** The Java that nodes start by its path; empty = the one that is found there. */
  static Optional<String> wantedJava(Site site) {
    Optional<String> wanted = site.get(SiteKeys.EXECUTOR_JAVA);
    return wanted.isPresent() || isInterchangeThere(site)
        ? wanted
        : Optional.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  private Step directory(String name, String path) throws IOException {
    There.Answer answer = there.ask("directory", path);
    long free = Long.parseLong("0" + answer.of("free"));
    String found =
        String.format(
            Locale.ROOT,
            "%s on %s: writable, %.1f GiB free",
            answer.of("path"),
            answer.of("kind"),
            free / (double) LITTLE_KIB);
    return free < LITTLE_KIB
        ? Step.warn(name, found, "make room: a run keeps what its tasks write there")
        : Step.ok(name, found);
  }

  /** Where this process keeps runs, which the head node is to see under the same path. */
  private Step runsHere() throws IOException {
    Path here = RunDirectories.ROOT.toAbsolutePath();
    if (ssh.isPresent() && !there.sees(here.getParent())) {
      return Step.failed(
          "runs",
          "%s is not on %s, where nodes would look for it".formatted(here.getParent(), node.host()),
          "set headnode.interchange = there; or start drover in a directory that both have");
    }
    return directory("runs", here.toString());
  }
}
