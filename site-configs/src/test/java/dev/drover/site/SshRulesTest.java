package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshRulesTest {
  @TempDir Path folder;

  private Path write(String... lines) throws IOException {
    return Files.write(folder.resolve("mine.properties"), List.of(lines));
  }

  private List<String> problems(String... lines) throws IOException {
    try {
      new SiteReader(Map.of()).read(write(lines).toString());
      return List.of();
    } catch (InvalidSiteException e) {
      return e.problems().stream()
          .map(problem -> problem.toString().replace(folder + "/mine.properties:", ""))
          .toList();
    }
  }

  private Site site(String... lines) throws IOException {
    return new SiteReader(Map.of()).read(write(lines).toString());
  }

  @Test
  void blocksOfSeveralHosts_needNoLauncherThatSpreads() throws Exception {
    Site site =
        site(
            "provider.type = ssh",
            "provider.hosts = node1, ada@node2:2222*8, localhost",
            "provider.nodes-per-block = 3");
    assertThat(SiteHosts.of(site)).hasToString("[node1, ada@node2:2222*8, localhost]");
    assertThat(site.text(SiteKeys.PROVIDER_HOSTS)).isEqualTo("node1, ada@node2:2222*8, localhost");
  }

  @Test
  void whatCanNotBe_isToldAllAtOnce() throws Exception {
    assertThat(
            problems(
                "provider.type = ssh",
                "provider.hosts = node1, node2",
                "provider.nodes-per-block = 2",
                "provider.max-blocks = 2",
                "launcher.type = mpiexec",
                "headnode.url = ssh://gate",
                "provider.account = physics"))
        .containsExactlyInAnyOrder(
            "4: provider.max-blocks: 2 x 2 (provider.max-blocks x provider.nodes-per-block) hosts are"
                + " more than the 2 that are named; a host has one block at a time",
            "5: launcher.type: is nothing to provider ssh, which starts a manager on each host itself;"
                + " remove it",
            "6: headnode.url: is nothing to provider ssh: its hosts are reached from this machine; if"
                + " the way leads through that one, name it in headnode.jump",
            "7: provider.account: is nothing to provider ssh, only to pbspro, torque, slurm, flux,"
                + " lsf, gridengine, condor; remove it, or write directives.add");
  }

  @Test
  void mpiBlocks_areRefused() throws Exception {
    assertThat(
            problems(
                "provider.type = ssh",
                "provider.hosts = node1",
                "launcher.type = simple",
                "executor.type = mpi"))
        .singleElement()
        .asString()
        .contains("4: executor.type: mpi wants one manager");
  }

  @Test
  void hostsAreNeeded_onceEach_andMeanNothingToAScheduler() throws Exception {
    assertThat(problems("provider.type = ssh"))
        .singleElement()
        .asString()
        .startsWith("1: provider.hosts: names no host for provider ssh; write provider.hosts = ");
    assertThat(problems("provider.type = ssh", "provider.hosts = a*2, b/c, a"))
        .singleElement()
        .asString()
        .contains("'b/c'", "a is named 2 times");
    assertThat(problems("provider.type = slurm", "provider.hosts = a"))
        .singleElement()
        .asString()
        .contains("is nothing to provider slurm, only to ssh");
    assertThat(problems("provider.type = ssh", "provider.hosts = a", "provider.hosts-file = /h"))
        .singleElement()
        .asString()
        .contains("3: provider.hosts-file: and provider.hosts both name hosts");
    assertThat(problems("provider.type = ssh", "site.required = provider.hosts")).isEmpty();
  }

  @Test
  void hostsFile_isRead_andItsProblemsNameIt() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "node1 # the old one\nnode2*4\n");
    String key = "provider.hosts-file = " + hosts;
    assertThat(SiteHosts.of(site("provider.type = ssh", key))).hasToString("[node1, node2*4]");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SiteHosts.of(site("provider.type = ssh", key, "provider.max-blocks = 3")))
        .withMessageContaining(hosts.toString())
        .withMessageContaining("3 x 1");
    Files.writeString(hosts, "node1\nno de\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SiteHosts.of(site("provider.type = ssh", key)))
        .withMessageContaining("line 2");
    Files.delete(hosts);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SiteHosts.of(site("provider.type = ssh", key)))
        .withMessageContaining("cannot read the hosts")
        .withMessageContaining(hosts.toString());
  }
}
