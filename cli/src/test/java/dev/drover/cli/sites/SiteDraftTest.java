package dev.drover.cli.sites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.CommandResult;
import dev.drover.node.NodeCapacity;
import dev.drover.pinning.CpuSet;
import dev.drover.provider.Answers;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerFacts.Gap;
import dev.drover.provider.Transcript;
import dev.drover.provider.flux.FluxDialect;
import dev.drover.provider.pbs.PbsProDialect;
import dev.drover.provider.slurm.SlurmDialect;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Site files made from what schedulers told: whole, sound, and without a problem beside the facts
 * that they were made from. {@code -Dgolden.write=true} writes the golden files anew.
 */
class SiteDraftTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/drover/cli/sites");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final NodeCapacity NODE =
      new NodeCapacity(
          "login07.example", new CpuSet(List.of(0, 1, 2, 3)), 4, "cpus", 8L << 30, "memory");

  @TempDir Path directory;

  private static SchedulerFacts facts(SchedulerDialect dialect, String transcript, String... names)
      throws Exception {
    Transcript said = Transcript.of(transcript);
    return Answers.read(
        dialect, List.of(names).stream().map(said::named).toArray(CommandResult[]::new));
  }

  private static SiteDraft draft(String provider, String scheduler, SchedulerFacts facts) {
    return new SiteDraft(
        "forest",
        provider,
        scheduler,
        facts,
        "login07.example",
        NODE,
        0,
        LocalDate.parse("2026-11-25"));
  }

  private Site read(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("forest.properties"), text);
    return new SiteReader(Map.of()).read(file.toString());
  }

  private void isGoldenAndSound(String golden, SiteDraft draft) throws IOException {
    Path file = FOLDER.resolve(golden);
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, draft.text());
    }
    assertThat(draft.text()).isEqualTo(Files.readString(file));
    Site site = read(draft.text());
    assertThat(site.gaps()).isEmpty();
    assertThat(LiveComparison.of(site, draft.scheduler(), draft.facts()).problems()).isEmpty();
  }

  @Test
  void ofSlurm_withAccountsAndPartitionsInEveryState() throws Exception {
    SchedulerFacts facts =
        facts(
            new SlurmDialect(TIMEOUT, Optional.empty()),
            "slurm/22.05.8-survey",
            "partitions-changed",
            "shapes-changed",
            "version",
            "accounts",
            "qos");
    isGoldenAndSound("draft-slurm.properties", draft("slurm", "Slurm", facts));
  }

  @Test
  void ofPbs_withNodesOfSeveralKinds_andAGap() throws Exception {
    SchedulerFacts facts =
        facts(new PbsProDialect(TIMEOUT), "pbs/31-survey", "queues", "server", "node-kinds")
            .withGap(new Gap("its weather", "PBS refused to tell its weather", "wait"));
    isGoldenAndSound("draft-pbspro.properties", draft("pbspro", "PBS", facts));
  }

  @Test
  void ofFluxWithoutQueues_namesNone() throws Exception {
    FluxDialect flux = new FluxDialect(TIMEOUT);
    SchedulerFacts facts =
        Answers.read(
            flux,
            Transcript.answer(0, "  ✔ ✔ inf inf 0-4 0-16 0-0\n", ""),
            Transcript.of("flux/01-basic").all("flux queue status").get(0),
            Transcript.answer(0, "free  4 16 0 n[0-3]\nallocated  0 0 0 \ndown  0 0 0 \n", ""),
            Transcript.of("flux/01-basic").to("flux version"));
    isGoldenAndSound("draft-flux.properties", draft("flux", "Flux", facts));
  }

  @Test
  void queuesWhoseBlocksNeedSeveralNodes_haveALauncherThatSpreads() throws Exception {
    String text =
        "{\"Queue\":{\"big\":{\"resources_min\":{\"nodect\":8,\"walltime\":\"02:00:00\"}}}}";
    SchedulerFacts facts = Answers.read(new PbsProDialect(TIMEOUT), Transcript.answer(0, text, ""));
    Site site = read(draft("pbspro", "PBS", facts).text());
    assertThat(site.text(SiteKeys.PROVIDER_NODES_PER_BLOCK)).isEqualTo("8");
    assertThat(site.text(SiteKeys.PROVIDER_WALLTIME)).isEqualTo("2h");
    assertThat(site.text(SiteKeys.LAUNCHER_TYPE)).isEqualTo("mpiexec");
  }

  @Test
  void wordsOfTheScheduler_cannotChangeTheFile() throws Exception {
    SchedulerFacts facts =
        Answers.read(
            new FluxDialect(TIMEOUT),
            Transcript.answer(0, "q q* ✔ ✔ inf inf 0-4 0-16 0-0\n", ""),
            Transcript.answer(0, "q: Job submission is disabled: C:\\new ${env:NOTHING}\n", ""));
    Site site = read(draft("flux", "Flux", facts).text());
    assertThat(site.queues().get(0).note()).isEqualTo("on 2026-11-25: C: new {env:NOTHING}");
  }
}
