package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which queue a block goes to, and what the limits of a site's queues refuse. */
class QueueRulesTest {
  private static final String SITE =
      """
      provider.type = %s
      launcher.type = wrapped
      launcher.prefix = x
      queue.debug.max-nodes = 2
      queue.debug.max-walltime = 1h
      queue.debug.max-queued = 1
      queue.small.submit-to = prod
      queue.small.min-nodes = 10
      queue.small.max-nodes = 24
      queue.small.min-walltime = 5m
      queue.small.max-walltime = 3h
      queue.large.submit-to = prod
      queue.large.min-nodes = 25
      queue.large.max-walltime = 24h
      queue.large.max-queued = 10
      queue.large.max-running = 4
      queue.demand.max-nodes = 56
      queue.demand.auto = false
      """;

  @TempDir Path folder;
  private SiteFiles files;
  private Path pbs;

  @BeforeEach
  void writeSites() {
    files = new SiteFiles(folder, Map.of());
    pbs = files.write("pbs.properties", SITE.formatted("pbspro"));
  }

  private Site read(String... settings) {
    return files.read(pbs, List.of(), settings);
  }

  private List<String> problems(String... settings) {
    return files.problems(pbs, List.of(), settings);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 30m, debug, debug",
    "2, 0s, debug, debug",
    "12, 2h, small, prod",
    "12, 4m, none, none",
    "25, 24h, large, prod",
    "400, 3h, large, prod",
  })
  void auto_isTheFirstQueueThatTheBlockFits(int nodes, String time, String name, String asked) {
    String[] settings = {
      "provider.queue=auto", "provider.nodes-per-block=" + nodes, "provider.walltime=" + time
    };
    if (name.equals("none")) {
      assertThat(problems(settings)).hasSize(1);
    } else {
      Site site = read(settings);
      assertThat(site.queue().orElseThrow().name()).isEqualTo(name);
      assertThat(site.get(SiteKeys.PROVIDER_QUEUE)).contains(asked);
      assertThat(site.note(SiteKeys.PROVIDER_QUEUE)).startsWith("auto: the first that takes ");
      assertThat(site.origin(SiteKeys.PROVIDER_QUEUE)).isEqualTo(Origin.SET);
    }
  }

  @Test
  void auto_thatFindsNone_tellsOfEachQueueWhyNot() {
    assertThat(
            problems(
                "provider.queue=auto", "provider.nodes-per-block=5", "provider.walltime=2h30m"))
        .containsExactly(
            "--set: provider.queue: auto finds no queue for 5 nodes for 2h30m: debug takes at most"
                + " 2 nodes and runs at most 1h; small takes at least 10 nodes; large takes at"
                + " least 25 nodes; demand is chosen by its name only (queue.demand.auto)");
    assertThat(files.problems("provider.type = slurm\nprovider.queue = auto\n"))
        .containsExactly(
            "mine.properties:2: provider.queue: auto chooses among the site's queues, and it tells"
                + " of none; name one, or describe them by queue.<name>.max-nodes and its like");
  }

  @Test
  void namedQueue_isHeldToItsLimits() {
    assertThat(problems("provider.queue=debug", "provider.nodes-per-block=3"))
        .containsExactly(
            "--set: provider.queue: debug takes at most 2 nodes, but a block is of 3 nodes"
                + " (provider.nodes-per-block from --set, provider.walltime from default)");
    assertThat(
            problems("provider.queue=prod", "provider.nodes-per-block=20", "provider.walltime=4h"))
        .containsExactly(
            "--set: provider.queue: small runs at most 3h; large takes at least 25 nodes, but a"
                + " block is of 20 nodes for 4h (provider.nodes-per-block from --set,"
                + " provider.walltime from --set)");
    assertThat(read("provider.queue=prod", "provider.nodes-per-block=30").queue())
        .map(QueueLimits::name)
        .contains("large");
    assertThat(read("provider.queue=R1234", "provider.nodes-per-block=5000").queue()).isEmpty();
  }

  @Test
  void siteName_ofAQueueBehindAnother_isAskedForAsTheSiteSays() {
    Site site = read("provider.queue=small", "provider.nodes-per-block=10");
    assertThat(site.get(SiteKeys.PROVIDER_QUEUE)).contains("prod");
    assertThat(site.note(SiteKeys.PROVIDER_QUEUE)).isEqualTo("queue small of the site");
    assertThat(site.describe())
        .contains("# --set (queue small of the site)\nprovider.queue = prod\n");
  }

  @Test
  void qualityOfService_isAskedForByItsQueue() {
    Path slurm =
        files.write(
            "slurm.properties",
            "provider.type = slurm\nlauncher.type = srun\nqueue.debug.qos = debug\n"
                + "queue.debug.max-walltime = 30m\nqueue.regular.qos = regular\n");
    Site site = files.read(slurm, List.of(), "provider.queue=auto", "provider.walltime=1h");
    assertThat(site.get(SiteKeys.PROVIDER_QUEUE)).isEmpty();
    assertThat(site.get(SiteKeys.PROVIDER_QOS)).contains("regular");
    assertThat(site.note(SiteKeys.PROVIDER_QOS)).isEqualTo("queue regular of the site");
    assertThat(files.problems(slurm, List.of(), "provider.qos=debug", "provider.walltime=1h"))
        .containsExactly(
            "--set: provider.qos: debug runs at most 30m, but a block is of 1 node for 1h"
                + " (provider.nodes-per-block from --set, provider.walltime from --set)"
                    .replace("block from --set", "block from default"));
    assertThat(files.problems(slurm, List.of(), "provider.qos=premium", "provider.queue=debug"))
        .containsExactly(
            "--set: provider.qos: 'premium' goes ill with queue debug, which is the quality of"
                + " service 'debug'; drop one of the two");
  }

  @Test
  void blocks_areNoMoreThanTheQueueLetsAUserHave() {
    String large = "provider.queue=large";
    String nodes = "provider.nodes-per-block=25";
    assertThat(read(large, nodes, "provider.max-blocks=8").maxBlocks()).isEqualTo(4);
    assertThat(read(large, nodes, "provider.max-blocks=3").maxBlocks()).isEqualTo(3);
    assertThat(read("provider.max-blocks=8").maxBlocks()).isEqualTo(8);
    assertThat(problems("provider.queue=debug", "provider.max-blocks=4", "provider.init-blocks=2"))
        .containsExactly(
            "--set: provider.init-blocks: 2 is more than queue debug lets a user have at once,"
                + " 1 job");
  }

  @Test
  void whatWasResolved_readsBackAsTheSame() {
    Site site = read("provider.queue=auto", "provider.nodes-per-block=30");
    Path kept = files.write("kept.properties", site.describe());
    Site again = new SiteReader(Map.of()).read(kept.toString());
    assertThat(again.get(SiteKeys.PROVIDER_QUEUE)).contains("prod");
    assertThat(again.queue()).isEqualTo(site.queue());
  }

  @Test
  void providerWithoutQueues_hasNoLimits() {
    Path local = files.write("local-one.properties", SITE.formatted("local"));
    assertThat(files.read(local, List.of(), "provider.nodes-per-block=3").queue()).isEmpty();
  }

  @Test
  void limitOfZero_isNone_andUnknownWalltimeFits() {
    var open =
        new QueueLimits(
            "q",
            java.util.Optional.of("q"),
            java.util.Optional.empty(),
            1,
            0,
            Duration.ofMinutes(5),
            Duration.ZERO,
            0,
            0,
            true,
            "");
    assertThat(open.refusal(100_000, Duration.ofDays(90))).isEmpty();
    assertThat(open.refusal(1, Duration.ZERO)).isEmpty();
    assertThat(open.refusal(1, Duration.ofMinutes(4))).contains("runs at least 5m");
    assertThat(open.mostJobs(7)).isEqualTo(7);
  }
}
