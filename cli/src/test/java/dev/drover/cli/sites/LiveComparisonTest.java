package dev.drover.cli.sites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.Answers;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerFacts.Gap;
import dev.drover.provider.Transcript;
import dev.drover.provider.pbs.PbsProDialect;
import dev.drover.provider.slurm.SlurmDialect;
import dev.drover.site.Site;
import dev.drover.site.SiteProblem;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites beside what Slurm and PBS told of themselves. */
class LiveComparisonTest {
  private static SchedulerFacts slurm;
  private static SchedulerFacts pbs;

  @TempDir Path directory;

  @BeforeAll
  static void readTheTranscripts() throws Exception {
    Duration timeout = Duration.ofSeconds(30);
    slurm =
        facts(
            new SlurmDialect(timeout, Optional.empty()),
            "slurm/22.05.8-survey",
            "partitions-changed",
            "shapes-changed",
            "version",
            "accounts",
            "qos");
    pbs = facts(new PbsProDialect(timeout), "pbs/31-survey", "queues", "server", "node-kinds");
  }

  private static SchedulerFacts facts(SchedulerDialect dialect, String transcript, String... names)
      throws Exception {
    Transcript said = Transcript.of(transcript);
    return Answers.read(
        dialect, List.of(names).stream().map(said::named).toArray(CommandResult[]::new));
  }

  private Site site(String... lines) throws IOException {
    Path file = directory.resolve("s.properties");
    Files.write(file, List.of(lines));
    return new SiteReader(Map.of()).read(file.toString());
  }

  /** Problems, each as {@code line: key: problem}. */
  private List<String> problems(Site site, String scheduler, SchedulerFacts facts) {
    return LiveComparison.of(site, scheduler, facts).problems().stream()
        .map(SiteProblem::toString)
        .map(text -> text.replace(directory.resolve("s.properties") + ":", ""))
        .toList();
  }

  private List<String> onSlurm(String... lines) throws IOException {
    String[] all = new String[lines.length + 1];
    all[0] = "provider.type = slurm";
    System.arraycopy(lines, 0, all, 1, lines.length);
    return problems(site(all), "Slurm", slurm);
  }

  private List<String> onPbs(String... lines) throws IOException {
    String[] all = new String[lines.length + 1];
    all[0] = "provider.type = pbspro";
    System.arraycopy(lines, 0, all, 1, lines.length);
    return problems(site(all), "PBS", pbs);
  }

  @Test
  void aSiteThatFits_hasNoProblem() throws Exception {
    assertThat(
            onSlurm(
                "provider.queue = debug",
                "provider.account = Chem",
                "provider.qos = debug",
                "provider.nodes-per-block = 4",
                "launcher.type = srun",
                "provider.walltime = 30m",
                "provider.cores-per-node = 4",
                "provider.accelerators-per-node = 2",
                "provider.memory-per-node = 7GiB",
                "node.cpus = 4",
                "queue.debug.max-nodes = 4",
                "queue.debug.max-walltime = 30m"))
        .isEmpty();
    assertThat(
            onPbs(
                "provider.queue = debug",
                "provider.filesystems = home:flare",
                "queue.debug.max-nodes = 2",
                "queue.debug.min-walltime = 5m",
                "queue.debug.max-walltime = 1h",
                "queue.debug.max-queued = 3",
                "queue.debug.max-running = 1"))
        .isEmpty();
  }

  @Test
  void namesThatAreGone_areToldWithTheNearest() throws Exception {
    assertThat(
            onSlurm(
                "provider.queue = debugg",
                "provider.account = chemm",
                "provider.qos = debgu",
                "queue.old.max-nodes = 4",
                "queue.fast.qos = rapid",
                "queue.fast.max-walltime = 30m"))
        .containsExactly(
            "2: provider.queue: 'debugg' is no queue of Slurm; it has debug, short, small, long,"
                + " hid; did you mean 'debug'?",
            "3: provider.account: 'chemm' is none of your accounts at Slurm; you have chem, proj,"
                + " root; did you mean 'chem'?",
            "4: provider.qos: 'debgu' is no QOS of Slurm; it has debug, normal, shared; did you"
                + " mean 'debug'?",
            "5: queue.old.max-nodes: 'old' is no queue of Slurm; it has debug, short, small, long,"
                + " hid",
            "6: queue.fast.qos: 'rapid' is no QOS of Slurm; it has debug, normal, shared");
    assertThat(onPbs("provider.filesystems = home:grand"))
        .containsExactly(
            "2: provider.filesystems: 'grand' is no file system of PBS; it has daos_user_fs, flare,"
                + " home");
  }

  @Test
  void limitsThatChanged_areToldWithTheNewValue_alsoWhereTheFileIsStricterOrSilent()
      throws Exception {
    assertThat(
            onPbs(
                "queue.debug.max-nodes = 1",
                "queue.debug.max-walltime = 2h",
                "queue.debug.max-running = 1"))
        .containsExactly(
            "2: queue.debug.max-nodes: is 1, but PBS says 2; set queue.debug.max-nodes = 2",
            "2: queue.debug.min-walltime: is not there, which means 0s, but PBS says 5m; set"
                + " queue.debug.min-walltime = 5m",
            "2: queue.debug.max-queued: is not there, which means no limit, but PBS says 3; set"
                + " queue.debug.max-queued = 3",
            "3: queue.debug.max-walltime: is 2h, but PBS says 1h; set queue.debug.max-walltime ="
                + " 1h");
  }

  @Test
  void aClassWithinALargerQueue_mayBeStricter_butNotWider() throws Exception {
    assertThat(
            onPbs(
                "queue.tiny.submit-to = prod",
                "queue.tiny.min-nodes = 10",
                "queue.tiny.max-nodes = 12",
                "queue.tiny.max-walltime = 1h"))
        .isEmpty();
    assertThat(
            onPbs(
                "queue.huge.submit-to = prod",
                "queue.huge.min-nodes = 2",
                "queue.huge.max-nodes = 500",
                "queue.huge.max-walltime = 24h"))
        .containsExactly(
            "3: queue.huge.min-nodes: is 2, but PBS says 10; set queue.huge.min-nodes = 10",
            "4: queue.huge.max-nodes: is 500, but PBS says 496; set queue.huge.max-nodes = 496");
  }

  @Test
  void aQueueBehindARoutingOne_isComparedByItsOwnName() throws Exception {
    assertThat(
            onPbs(
                "queue.small.submit-to = prod",
                "queue.small.min-nodes = 10",
                "queue.small.max-nodes = 30",
                "queue.small.max-walltime = 3h",
                "queue.small.max-running = 10",
                "queue.small.max-queued = 15"))
        .containsExactly(
            "4: queue.small.max-nodes: is 30, but PBS says 24; set queue.small.max-nodes = 24");
  }

  @Test
  void aQualityOfService_hasLimitsOfItsOwn() throws Exception {
    assertThat(
            onSlurm(
                "queue.fast.submit-to = debug",
                "queue.fast.qos = debug",
                "queue.fast.max-nodes = 8",
                "queue.fast.max-walltime = 30m",
                "queue.fast.max-queued = 5",
                "queue.fast.max-running = 3"))
        .containsExactly(
            "4: queue.fast.max-nodes: is 8, but queue debug of Slurm has only 4 nodes; set"
                + " queue.fast.max-nodes = 4",
            "7: queue.fast.max-running: is 3, but Slurm says 2; set queue.fast.max-running = 2");
  }

  @Test
  void blocksThatTheQueueWouldRefuse_areTold() throws Exception {
    assertThat(
            onSlurm(
                "provider.queue = hid",
                "provider.account = chem",
                "provider.nodes-per-block = 2",
                "launcher.type = srun",
                "provider.walltime = 2-00:00:00"))
        .containsExactly(
            "3: provider.account: 'chem' may not use queue hid of Slurm; set another account or"
                + " provider.queue",
            "4: provider.nodes-per-block: is 2, but queue hid of Slurm takes at most 1; set"
                + " provider.nodes-per-block = 1 or another provider.queue",
            "6: provider.walltime: is 2d, but queue hid of Slurm runs jobs at most 1d2h4m; set"
                + " provider.walltime = 1d2h4m or another provider.queue");
    assertThat(onPbs("provider.queue = debug", "provider.walltime = 1m"))
        .containsExactly(
            "3: provider.walltime: is 1m, but queue debug of PBS runs jobs at least 5m; set"
                + " provider.walltime = 5m or another provider.queue");
  }

  @Test
  void queuesThatAreClosedOrStopped_areProblems_whereJobsWouldGo() throws Exception {
    assertThat(onSlurm("provider.queue = small"))
        .containsExactly(
            "2: provider.queue: queue small of Slurm takes no jobs now (State=INACTIVE); wait, or"
                + " set another provider.queue");
    Site resting =
        site(
            "provider.type = slurm",
            "provider.queue = debug",
            "queue.debug.max-walltime = 30m",
            "queue.small.auto = false",
            "queue.small.max-nodes = 1",
            "queue.small.max-walltime = 30m");
    LiveFindings findings = LiveComparison.of(resting, "Slurm", slurm);
    assertThat(findings.problems()).isEmpty();
    assertThat(findings.notes())
        .containsExactly(
            "queue small of Slurm takes no jobs now (State=INACTIVE)",
            "Slurm also has: long, hid; the site's queue.* name them not");
  }

  @Test
  void nodesThatAreSmallerThanTheSiteSays_areProblems_andLargerOnesNotes() throws Exception {
    assertThat(
            onSlurm(
                "provider.queue = debug",
                "provider.cores-per-node = 8",
                "provider.accelerators-per-node = 4",
                "provider.memory-per-node = 16GiB",
                "node.cpus = 9"))
        .containsExactly(
            "3: provider.cores-per-node: is 8, but no node of queue debug of Slurm has more than 4;"
                + " set provider.cores-per-node = 4",
            "4: provider.accelerators-per-node: is 4, but no node of queue debug of Slurm has more"
                + " than 2; set provider.accelerators-per-node = 2",
            "5: provider.memory-per-node: is 16GiB, but no node of queue debug of Slurm has more"
                + " than 8000MiB; set provider.memory-per-node = 8000MiB",
            "6: node.cpus: is 9, but nodes of queue debug of Slurm have 4; set node.cpus = 4");
    LiveFindings smaller =
        LiveComparison.of(
            site(
                "provider.type = slurm",
                "provider.queue = debug",
                "provider.cores-per-node = 2",
                "node.cpus = 8"),
            "Slurm",
            slurm);
    assertThat(smaller.problems()).isEmpty();
    assertThat(smaller.notes())
        .containsExactly(
            "provider.cores-per-node is 2, and each node of queue debug of Slurm has 4",
            "node.cpus is 8, and queue debug of Slurm counts 4: its cores?");
  }

  @Test
  void whatTheSchedulerDoesNotTell_isNoFinding_butAGapIsNoted() throws Exception {
    SchedulerFacts silent =
        new SchedulerFacts(
                Optional.empty(),
                pbs.queues(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of())
            .withGap(new Gap("its nodes", "PBS refused to tell its nodes", "wait"));
    LiveFindings findings =
        LiveComparison.of(
            site(
                "provider.type = pbspro",
                "provider.queue = workq",
                "provider.account = anyone",
                "provider.filesystems = grand",
                "provider.cores-per-node = 9999",
                "provider.walltime = 100d"),
            "PBS",
            silent);
    assertThat(findings.problems()).isEmpty();
    assertThat(findings.notes()).containsExactly("PBS refused to tell its nodes; fix: wait");
  }
}
