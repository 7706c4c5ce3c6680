package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllSitesTest {

  static List<String> shippedSites() {
    return ShippedSites.names();
  }

  /** With an empty environment, so that a site which needs a variable must give a fallback. */
  @ParameterizedTest
  @MethodSource("shippedSites")
  void shippedSite_loads_andVouchesForItself(String name) {
    Site site = new SiteReader(Map.of()).read(name);
    assertThat(site.name()).isEqualTo(name);
    assertThat(site.origin(SiteKeys.SITE_NAME)).isNotEqualTo(Origin.DEFAULT);
    assertThat(site.get(SiteKeys.SITE_DESCRIPTION)).isNotBlank();
    assertThat(site.get(SiteKeys.SITE_CONTACT) + site.get(SiteKeys.SITE_URL).orElse(""))
        .isNotBlank();
    assertThat(site.get(SiteKeys.SITE_SOURCE)).isNotBlank();
    assertThat(site.get(SiteKeys.SITE_VERIFIED)).isPresent();
    assertThat(site.origin(SiteKeys.SITE_STATUS)).isNotEqualTo(Origin.DEFAULT);
  }

  /** The file of a machine names the page that its facts come from. */
  @ParameterizedTest
  @MethodSource("machines")
  void machine_namesItsPage_andTheLimitsOfItsQueues(String name) {
    Site site = new SiteReader(Map.of()).read(name);
    assertThat(site.get(SiteKeys.SITE_URL)).isPresent();
    assertThat(site.queues()).isNotEmpty();
    assertThat(site.queues())
        .allSatisfy(queue -> assertThat(queue.maxWalltime()).as(queue.name()).isPositive());
  }

  static List<String> machines() {
    Predicate<String> noMachine =
        name ->
            name.startsWith("generic-")
                || List.of("local", "ssh-hosts", "workstation").contains(name);
    return shippedSites().stream().filter(noMachine.negate()).toList();
  }

  /** Where workers have a device and a list of cpus each, the three numbers are one. */
  @ParameterizedTest
  @MethodSource("sitesThatCountWorkers")
  void workersDevicesAndGroupsOfCpus_areAsMany(String name) {
    Site site = new SiteReader(Map.of()).read(name);
    int workers = site.get(SiteKeys.WORKER_MAX_PER_NODE);
    int devices = site.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS).size();
    int groups = NodeTypes.CpuAffinity.groups(site.get(SiteKeys.WORKER_CPU_AFFINITY)).size();
    if (devices > 0) {
      assertThat(devices).isEqualTo(workers);
    }
    if (groups > 0) {
      assertThat(groups).isEqualTo(workers);
    }
    int cores = site.get(SiteKeys.PROVIDER_CORES_PER_NODE);
    if (cores > 0) {
      assertThat(workers * site.get(SiteKeys.WORKER_CORES_PER_WORKER))
          .as("cores of all workers")
          .isLessThanOrEqualTo(cores);
    }
  }

  static List<String> sitesThatCountWorkers() {
    return shippedSites().stream()
        .filter(
            name -> {
              Site site = new SiteReader(Map.of()).read(name);
              return site.get(SiteKeys.EXECUTOR_TYPE) == SiteKeys.ExecutorType.HTEX
                  && site.get(SiteKeys.WORKER_MAX_PER_NODE) > 0;
            })
        .toList();
  }

  @Test
  void aurorasTwelveGroups_areItsFreeCores_andAreRefusedOnReservedOnes() {
    Site site = new SiteReader(Map.of()).read("aurora-single-tile");
    String list = site.get(SiteKeys.WORKER_CPU_AFFINITY);
    assertThat(site.get(SiteKeys.WORKER_AVAILABLE_ACCELERATORS))
        .containsExactly(
            "0.0", "0.1", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1");
    assertThat(list)
        .isEqualTo(
            "list:1-8,105-112:9-16,113-120:17-24,121-128:25-32,129-136:33-40,137-144:41-48,145-152"
                + ":53-60,157-164:61-68,165-172:69-76,173-180:77-84,181-188:85-92,189-196:93-100,197-204");
    assertThat(site.get(SiteKeys.NODE_RESERVED_CPUS)).containsExactly(0, 52, 104, 156);
    // As the list was before the first cores were taken for the system.
    String shifted =
        Pattern.compile("\\d+")
            .matcher(list)
            .replaceAll(number -> "" + (Integer.parseInt(number.group()) - 1));
    assertThat(shifted).startsWith("list:0-7,104-111:8-15,");
    assertThatThrownBy(
            () ->
                new SiteReader(Map.of())
                    .read(
                        "aurora-single-tile", List.of(), List.of("worker.cpu-affinity=" + shifted)))
        .isInstanceOf(InvalidSiteException.class)
        .hasMessageContaining(
            "worker.cpu-affinity: cpu 0 of worker 0, 104 of worker 0, 52 of worker 6, 156 of worker 6"
                + " is the system's own (node.reserved-cpus from site-configs/aurora.properties:");
  }

  /** The build gathers them by lines; a name comes first in its file, and no line is continued. */
  @Test
  void whereShippedSitesAreChosen_isGatheredAsTheFilesHaveIt() {
    assertThat(SiteDetection.shippedClaims())
        .containsExactlyInAnyOrderElementsOf(
            ShippedSites.names().stream()
                .map(name -> new SiteReader(Map.of()).read(name))
                .map(
                    site ->
                        new SiteDetection.Claim(
                            site.name(),
                            site.get(SiteKeys.SITE_HOSTS),
                            site.get(SiteKeys.SITE_ENVIRONMENT)))
                .toList());
  }

  @Test
  void machinesOfTheCatalogue_areKnownByTheirOwnNames() {
    assertThat(chosenOn("aurora-uan-0011")).contains("aurora-single-tile");
    assertThat(chosenOn("polaris-login-02", "polaris-login-02.hsn.cm.polaris.alcf.anl.gov"))
        .contains("polaris-gpu");
    assertThat(chosenOn("login2.stampede3.tacc.utexas.edu")).contains("stampede3");
    assertThat(chosenOn("login2.frontera.tacc.utexas.edu")).contains("frontera");
    assertThat(chosen(Map.of("NERSC_HOST", "perlmutter"), "login07")).contains("perlmutter-cpu");
    assertThat(chosen(Map.of("LMOD_SYSTEM_NAME", "frontier"), "login12.frontier"))
        .contains("frontier");
    // A compute node: within a job it is the job's nodes that count, elsewhere nothing is known.
    String node = "x4616c3s4b0n0.hostmgmt2616.cm.aurora.alcf.anl.gov";
    assertThat(chosen(Map.of("PBS_NODEFILE", "/var/spool/pbs/aux/1"), node))
        .contains("aurora-in-job");
    assertThat(chosenOn(node)).isEmpty();
    assertThat(chosen(Map.of("LMOD_SYSTEM_NAME", "summit"), "laptop")).isEmpty();
  }

  private static Optional<String> chosenOn(String... hostNames) {
    return chosen(Map.of(), hostNames);
  }

  private static Optional<String> chosen(Map<String, String> environment, String... hostNames) {
    return new SiteDetection(SiteFolders.NONE, environment, () -> List.of(hostNames)).find().site();
  }

  @Test
  void everyFileOfTheFolder_isShipped() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("").toAbsolutePath())) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> file.endsWith(".properties"))
                  .map(file -> file.replace(".properties", "")))
          .containsExactlyInAnyOrderElementsOf(ShippedSites.names());
    }
  }

  @Test
  void sitesInsideAJar_areListed(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("with space.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String name :
          List.of("polaris.properties", "local.properties", "README.md", "x/y.properties")) {
        out.putNextEntry(new JarEntry("site-configs/" + name));
        out.closeEntry();
      }
    }
    URI local = URI.create("jar:" + jar.toUri() + "!/site-configs/local.properties");
    assertThat(ShippedSites.namesBeside(local.toURL())).containsExactly("local", "polaris");
  }
}
