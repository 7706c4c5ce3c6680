package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the machine, the user, the project and the environment lay over a site. */
class SiteLayersTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  private SiteReader reader() {
    return new SiteReader(
        new SiteFolders(
            Optional.of(folder.resolve("etc")),
            Optional.of(folder.resolve("user")),
            Optional.of(folder.resolve("project"))),
        environment);
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> problems(String site, String... settings) {
    InvalidSiteException thrown =
        catchThrowableOfType(
            InvalidSiteException.class, () -> reader().readForRun(site, List.of(settings)));
    return thrown == null
        ? List.of()
        : thrown.problems().stream()
            .map(each -> each.toString().replace(folder + "/", ""))
            .toList();
  }

  private String origin(Site site, Key<?> key) {
    return site.origin(key).toString().replace(folder + "/", "");
  }

  @Test
  void eachLayer_isStrongerThanTheOneBeforeIt() throws IOException {
    String[] layers = {"etc/drover", "etc/local", "user/drover", "user/local", "project/drover"};
    Key<?>[] keys = {
      SiteKeys.EXECUTOR_LABEL,
      SiteKeys.EXECUTOR_RETRIES,
      SiteKeys.WORKER_DEBUG,
      SiteKeys.WORKER_KILL_GRACE,
      SiteKeys.PROVIDER_POLL_PERIOD,
      SiteKeys.PROVIDER_WALLTIME,
      SiteKeys.EXECUTOR_PORT
    };
    String[] values = {"x", "3", "true", "9s", "8s", "7m", "5000"};
    for (int layer = 0; layer < layers.length; layer++) {
      StringBuilder text = new StringBuilder();
      for (int key = layer; key < keys.length; key++) {
        text.append(keys[key].name()).append(" = ").append(values[key]).append('\n');
      }
      write(layers[layer] + ".properties", text.toString());
    }
    environment.put("DROVER_PROVIDER_WALLTIME", "6m");
    environment.put("DROVER_EXECUTOR_PORT", "5001");
    Site site = reader().readForRun("local", List.of("executor.port=5002"));
    assertThat(List.of(keys).stream().map(key -> origin(site, key)))
        .containsExactly(
            "etc/drover.properties:1",
            "etc/local.properties:1",
            "user/drover.properties:1",
            "user/local.properties:1",
            "project/drover.properties:1",
            "DROVER_PROVIDER_WALLTIME",
            "--set");
    assertThat(site.get(SiteKeys.EXECUTOR_PORT)).isEqualTo(5002);
    assertThat(site.entries(SiteKeys.EXECUTOR_PORT))
        .extracting(entry -> entry.origin().toString().replace(folder + "/", ""), Entry::text)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("etc/drover.properties:7", "5000"),
            org.assertj.core.groups.Tuple.tuple("etc/local.properties:6", "5000"),
            org.assertj.core.groups.Tuple.tuple("user/drover.properties:5", "5000"),
            org.assertj.core.groups.Tuple.tuple("user/local.properties:4", "5000"),
            org.assertj.core.groups.Tuple.tuple("project/drover.properties:3", "5000"),
            org.assertj.core.groups.Tuple.tuple("DROVER_EXECUTOR_PORT", "5001"),
            org.assertj.core.groups.Tuple.tuple("--set", "5002"));
  }

  @Test
  void layerOfAnotherSite_isNotRead() throws IOException {
    write("user/aurora.properties", "nonsense.key = 1\n");
    assertThat(problems("local")).isEmpty();
  }

  @Test
  void layers_areThoseOfTheSitesOwnName_alsoWhenItIsAFile() throws IOException {
    write("somewhere/x.properties", "site.name = redwood\n");
    write("user/redwood.properties", "executor.label = mine\n");
    Site site = reader().read(folder.resolve("somewhere/x.properties").toString());
    assertThat(site.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("mine");
  }

  @Test
  void accountForAllSites_isNoMistakeOnASiteWithoutAccounts() throws IOException {
    write("user/drover.properties", "provider.account = p-1\nprovider.qos = high\n");
    environment.put("DROVER_PROVIDER_RESERVATION", "r");
    assertThat(problems("local")).isEmpty();
    write("user/local.properties", "provider.account = p-1\n");
    assertThat(problems("local"))
        .singleElement()
        .asString()
        .startsWith("user/local.properties:1: provider.account: is nothing to provider local");
  }

  @Test
  void mistakesOfAllLayers_areToldAtOnce() throws IOException {
    write("etc/drover.properties", "worker.debgu = true\nsite.contact = x\n");
    write("project/drover.properties", "executor.retries = many\n");
    environment.put("DROVER_PROVIDR_ACCOUNT", "x");
    environment.put("DROVER_WORKER_COLOUR", "x");
    environment.put("DROVER_EXECUTOR_PORT", "high");
    environment.put("DROVER_SITE_CONTACT", "x");
    environment.put("DROVER_JAVA_OPTS", "-Xmx1g");
    environment.put("DROVER_TASK_NAME", "x");
    environment.put("DROVER_HOME", "/opt/drover");
    assertThat(problems("local", "executor.port=1"))
        .containsExactlyInAnyOrder(
            "etc/drover.properties:1: worker.debgu: unknown key; did you mean 'worker.debug'?",
            "etc/drover.properties:2: site.contact: can only be set in the site's own file",
            "project/drover.properties:1: executor.retries: 'many' is not a whole number, 0 or"
                + " more",
            "DROVER_PROVIDR_ACCOUNT: sets no key; did you mean 'DROVER_PROVIDER_ACCOUNT'?",
            "DROVER_WORKER_COLOUR: sets no key",
            "DROVER_SITE_CONTACT: site.contact: can only be set in the site's own file");
  }

  @Test
  void siteOfAFolder_standsBeforeTheShippedOne_andThatIsTold() throws IOException {
    write("user/sites/local.properties", "site.extends = local\nexecutor.label = mine\n");
    Site site = reader().read("local");
    assertThat(site.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("mine");
    assertThat(site.get(SiteKeys.LAUNCHER_TYPE)).isEqualTo(SiteKeys.LauncherType.SINGLE_NODE);
    assertThat(site.origin(SiteKeys.LAUNCHER_TYPE).source())
        .isEqualTo("site-configs/local.properties");
    assertThat(site.notes())
        .containsExactly(
            "site local is read from %s/user/sites/local.properties, which stands before site-configs/local.properties"
                .formatted(folder));
  }

  @Test
  void folderOfTheProject_standsBeforeTheUsers_andThatBeforeTheMachines() throws IOException {
    for (String place : List.of("etc/sites", "user/sites", "project/drover-sites")) {
      write(place + "/redwood.properties", "executor.label = " + place.replace('/', '-') + "\n");
    }
    write("etc/sites/only-here.properties", "executor.label = x\n");
    assertThat(reader().read("redwood").get(SiteKeys.EXECUTOR_LABEL))
        .isEqualTo("project-drover-sites");
    assertThat(reader().read("only-here").notes()).isEmpty();
    assertThat(problems("redwod"))
        .singleElement()
        .asString()
        .contains(", only-here, ", ", redwood, ", "did you mean 'redwood'?");
  }

  @Test
  void danglingLink_isAProblemAndNoAbsentFile() throws IOException {
    Files.createDirectories(folder.resolve("user"));
    Files.createSymbolicLink(
        folder.resolve("user/drover.properties"), folder.resolve("user/gone.properties"));
    assertThat(problems("local")).containsExactly("user/drover.properties: does not exist");
  }

  @Test
  void projectFileOfAStranger_whereEverybodyMayWrite_isNotRead() throws Exception {
    write("project/drover.properties", "provider.worker-init = echo owned\n");
    Path project = folder.resolve("project");
    Path file = project.resolve("drover.properties");
    Files.setPosixFilePermissions(project, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(problems("local")).isEmpty(); // it is ours
    var nobody = folder.getFileSystem().getUserPrincipalLookupService();
    boolean given = false;
    try {
      Files.setOwner(file, nobody.lookupPrincipalByName("nobody"));
      given = true;
    } catch (IOException notRoot) {
      System.out.println("SKIPPED: only root can give a file away");
    }
    assumeTrue(given);
    assertThat(problems("local"))
        .containsExactly(
            "project/drover.properties: is not read: it belongs to nobody, and everybody may write"
                + " there; start elsewhere");
    Files.setPosixFilePermissions(project, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(problems("local")).isEmpty(); // a group that shares its folder trusts itself
  }

  @Test
  void foldersOfThisProcess_areWhereTheSystemPutsThem() {
    SiteFolders folders = SiteFolders.ofThisProcess(Map.of("XDG_CONFIG_HOME", "/x/config"));
    assertThat(folders.user()).contains(Path.of("/x/config/drover"));
    assertThat(folders.system()).contains(Path.of("/etc/drover"));
    assertThat(SiteFolders.ofThisProcess(Map.of("XDG_CONFIG_HOME", "relative")).user())
        .contains(Path.of(System.getProperty("user.home"), ".config", "drover"));
  }

  @Test
  void whatAllSitesOfASchedulerShare_isStrongerThanTheDefaults_andWeakerThanTheSite()
      throws IOException {
    write("etc/families/slurm.properties", "provider.max-blocks = 7\nworker.debug = true\n");
    write("user/families/slurm.properties", "provider.max-blocks = 8\n");
    write("etc/sites/ours.properties", "provider.type = slurm\nprovider.poll-period = 9s\n");
    write("etc/drover.properties", "mpi.launcher = openmpi\n");

    Site site = reader().readForRun("ours", List.of());
    assertThat(origin(site, SiteKeys.LAUNCHER_TYPE))
        .startsWith("site-configs/families/slurm.properties:");
    assertThat(site.get(SiteKeys.LAUNCHER_TYPE)).isEqualTo(SiteKeys.LauncherType.SRUN);
    assertThat(origin(site, SiteKeys.MPI_LAUNCHER)).isEqualTo("etc/drover.properties:1");
    assertThat(origin(site, SiteKeys.PROVIDER_MAX_BLOCKS))
        .isEqualTo("user/families/slurm.properties:1");
    assertThat(origin(site, SiteKeys.WORKER_DEBUG)).isEqualTo("etc/families/slurm.properties:2");
    assertThat(origin(site, SiteKeys.PROVIDER_POLL_PERIOD))
        .isEqualTo("etc/sites/ours.properties:2");
    assertThat(site.entries(SiteKeys.PROVIDER_MAX_BLOCKS)).hasSize(2);

    Site elsewhere = reader().readForRun("ours", List.of("provider.type=local"));
    assertThat(elsewhere.origin(SiteKeys.LAUNCHER_TYPE)).isEqualTo(Origin.DEFAULT);
    assertThat(elsewhere.origin(SiteKeys.WORKER_DEBUG)).isEqualTo(Origin.DEFAULT);
  }

  @Test
  void whatIsWrongWithAFamilysFile_isToldWithTheRest() throws IOException {
    write(
        "etc/families/slurm.properties",
        "site.name = all\nprovider.type = flux\nlauncher.typ = srun\nworker.debug = maybe\n");
    assertThat(problems("generic-slurm", "provider.cores-per-node=4"))
        .containsExactly(
            "etc/families/slurm.properties:1: site.name: cannot be set for all sites of a scheduler",
            "etc/families/slurm.properties:2: provider.type: cannot be set for all sites of a scheduler",
            "etc/families/slurm.properties:3: launcher.typ: unknown key; did you mean 'launcher.type'?",
            "etc/families/slurm.properties:4: worker.debug: 'maybe' is not true or false");
    assertThat(problems("local")).isEmpty();
  }
}
