package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one key makes of another. */
class CrossRulesTest {
  @TempDir Path folder;
  private SiteFiles files;

  @BeforeEach
  void openFolder() {
    files = new SiteFiles(folder, Map.of());
  }

  @Test
  void fileWithTwelveBrokenRules_getsTwelveLocatedMessages() {
    Path site =
        files.write(
            "aurora.properties",
            """
            site.required = provider.account, provider.filesytems
            provider.type = pbspro
            provider.queue = debug
            provider.nodes-per-block = 4
            provider.walltime = 2h
            provider.min-blocks = 3
            provider.max-blocks = 2
            provider.cores-per-node = 256
            provider.constraint = gpu
            launcher.type = srun
            node.cpus = 208
            node.reserved-cpus = 0,52,208
            executor.heartbeat-threshold = 10s
            worker.available-accelerators = 3
            worker.cores-per-worker = 0.001
            worker.cpu-affinity = list:0-7:8-15,208:16-23:24-31
            queue.debug.max-nodes = 2
            queue.debug.max-walltime = 1h
            """);
    assertThatThrownBy(() -> new SiteReader(Map.of()).readForRun(site.toString(), List.of()))
        .isInstanceOf(InvalidSiteException.class)
        .hasMessage(
            """
            site 'F/aurora.properties' has 12 problems:
              F/aurora.properties:1: site.required: 'provider.filesytems' is no key; \
            did you mean 'provider.filesystems'?
              F/aurora.properties:1: provider.account: required here: set it, e.g. \
            --set provider.account=..., for always in ~/.config/drover/aurora.properties
              F/aurora.properties:3: provider.queue: debug takes at most 2 nodes and runs at most 1h, \
            but a block is of 4 nodes for 2h (provider.nodes-per-block from F/aurora.properties:4, \
            provider.walltime from F/aurora.properties:5)
              F/aurora.properties:6: provider.min-blocks: 3 must not exceed provider.max-blocks, 2 \
            (F/aurora.properties:7)
              F/aurora.properties:8: provider.cores-per-node: 256 must not exceed node.cpus, 208 \
            (F/aurora.properties:11)
              F/aurora.properties:9: provider.constraint: is nothing to provider pbspro, only to \
            slurm, flux, lsf, condor; remove it, or write directives.add
              F/aurora.properties:10: launcher.type: srun starts nothing in a job of pbspro \
            (provider.type from F/aurora.properties:2), only of slurm; take mpiexec, gnu-parallel or wrapped
              F/aurora.properties:12: node.reserved-cpus: cpu 208 is not on a node, which has 0 to 207 \
            (node.cpus from F/aurora.properties:11)
              F/aurora.properties:13: executor.heartbeat-threshold: 10s must be longer than \
            executor.heartbeat-period, 30s (default)
              F/aurora.properties:16: worker.cpu-affinity: has 4 groups of cpus, but a node has 3 workers; \
            give each worker one group
              F/aurora.properties:16: worker.cpu-affinity: cpu 208 of worker 1 is not on a node, \
            which has 0 to 207 (node.cpus from F/aurora.properties:11)
              F/aurora.properties:16: worker.cpu-affinity: cpu 0 of worker 0 is the system's own \
            (node.reserved-cpus from F/aurora.properties:12)"""
                .replace("F/", folder + "/"));
  }

  @ParameterizedTest
  @CsvSource({
    "srun, pbspro, slurm",
    "srun-mpi, lsf, slurm",
    "flux, slurm, flux",
    "jsrun, slurm, lsf",
  })
  void launcherOfOneScheduler_isRefusedUnderAnother(String launcher, String provider, String home) {
    String text = "launcher.type = " + launcher + "\nprovider.type = ";
    assertThat(files.problems(text + provider))
        .singleElement()
        .asString()
        .startsWith("mine.properties:1: launcher.type: " + launcher + " starts nothing in a job");
    assertThat(files.problems(text + home)).isEmpty();
    assertThat(files.problems(text + "local")).isEmpty(); // a run inside a job of any scheduler
  }

  @Test
  void whatASiteRequires_mayBeMissingUntilARun() {
    Path site =
        files.write(
            "mine.properties",
            "provider.type = slurm\nlauncher.type = srun\nsite.required = provider.account\n"
                + "provider.worker-init = export A=${provider.account}\n");
    Site published = files.read(site, List.of());
    assertThat(published.get(SiteKeys.PROVIDER_WORKER_INIT))
        .isEqualTo("export A=${provider.account}");
    assertThatThrownBy(() -> new SiteReader(Map.of()).readForRun(site.toString(), List.of()))
        .hasMessageContaining("provider.account: required here: set it, e.g. --set")
        .hasMessageContaining("needs provider.account, which is not set");
    Site run =
        new SiteReader(Map.of()).readForRun(site.toString(), List.of("provider.account=p-1"));
    assertThat(run.get(SiteKeys.PROVIDER_WORKER_INIT)).isEqualTo("export A=p-1");
  }

  @Test
  void whatASiteRequires_isInherited() {
    files.write("base.properties", "site.required = provider.account\nsite.contact = x\n");
    Path site = files.write("mine.properties", "site.extends = base.properties\n");
    assertThat(files.read(site, List.of()).get(SiteKeys.SITE_REQUIRED))
        .containsExactly("provider.account");
  }

  @Test
  void fileThatDoesNotVouchForItself_isToldWhatIsMissing() {
    assertThat(files.read("worker.debug = true\n").gaps())
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .containsExactly(
            "mine.properties: site.description: is not there: it says in one line what the machine"
                + " is",
            "mine.properties: site.url: is not there: it, or site.contact, says whom to ask",
            "mine.properties: site.source: is not there: it says where the facts come from",
            "mine.properties: site.verified: is not there: it says when they were last checked",
            "mine.properties: site.status: is not there: it says whether the file can be relied"
                + " on");
    assertThat(
            files
                .read(
                    "site.description = a\nsite.url = https://a.example\nsite.source = b\n"
                        + "site.verified = 2026-11-25\nsite.status = active\n")
                .gaps())
        .isEmpty();
  }
}
