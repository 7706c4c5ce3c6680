package dev.drover.site;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteReaderTest {
  @TempDir Path folder;
  private SiteFiles files;

  @BeforeEach
  void openFolder() {
    files = new SiteFiles(folder, Map.of("USER", "ada", "CORES", "8"));
  }

  @Test
  void fileWithTenMistakes_getsTenLocatedMessages() {
    Path site =
        files.write(
            "mine.properties",
            """
            # A file with ten mistakes.
            executor.prot = 54001
            executor.port = 99999 # the highest
            executor.heartbeat-period = 30
            executor.heartbeat-threshold = 60:30
            worker.memory-per-worker = 4g
            worker.isolation = proces
            executor.encrypted = yes
            worker.working-dir = C:\\temp
            executor.label ${env:USER}
            worker.isolation = thread-s
            """);
    assertThatThrownBy(() -> files.read(site, List.of()))
        .isInstanceOf(InvalidSiteException.class)
        .hasMessage(
            """
            site 'F/mine.properties' has 10 problems:
              F/mine.properties:2: executor.prot: unknown key; did you mean 'executor.port'?
              F/mine.properties:3: executor.port: '99999 # the highest' is not a whole number \
            from 0 to 65535 (a comment needs a line of its own)
              F/mine.properties:4: executor.heartbeat-period: '30' has no unit; write 30s, 30m or 30h
              F/mine.properties:5: executor.heartbeat-threshold: '60:30' may be hours or minutes; \
            write 60h30m or 60m30s
              F/mine.properties:6: worker.memory-per-worker: '4g' has an unclear unit; write 4GiB or 4GB
              F/mine.properties:8: executor.encrypted: 'yes' is not true or false
              F/mine.properties:9: worker.working-dir: \\t would become a control character; \
            write \\\\t for a backslash and t
              F/mine.properties:10: executor.label: no '=' follows the key; write key = value
              F/mine.properties:11: worker.isolation: set twice, first on line 7
              F/mine.properties:11: worker.isolation: 'thread-s' is not one of process, thread; \
            did you mean 'thread'?"""
                .replace("F/", folder + "/"));
  }

  @Test
  void unknownSite_isToldTheKnownOnesAndTheNearest() {
    assertThat(files.problems("locla", List.of()))
        .containsExactly(
            "locla: unknown site; known: "
                + String.join(", ", ShippedSites.names())
                + "; a file is named with its folder or .properties; did you mean 'local'?");
  }

  @ParameterizedTest
  @CsvSource({"polariz, polaris-gpu", "perlmutter, perlmutter-cpu", "slurm, generic-slurm"})
  void oneWordOfASitesName_isEnoughToBeTold(String word, String site) {
    assertThat(files.problems(word, List.of()))
        .singleElement(as(STRING))
        .endsWith("; did you mean '" + site + "'?");
  }

  @Test
  void shippedSite_isReadByName() {
    Site site = new SiteReader(Map.of()).read("local");
    assertThat(site.name()).isEqualTo("local");
    assertThat(site.get(SiteKeys.LAUNCHER_TYPE)).isEqualTo(SiteKeys.LauncherType.SINGLE_NODE);
    assertThat(site.origin(SiteKeys.LAUNCHER_TYPE).toString())
        .matches("site-configs/local\\.properties:\\d+");
  }

  @Test
  void layers_overrideInOrder_andEachValueKnowsItsOrigin() {
    files.write(
        "base.properties",
        "executor.label = base\nworker.kill-grace = 1s\n"
            + "executor.retries = 1\nprovider.max-blocks = 2\n");
    Path site =
        files.write(
            "mine.properties",
            "site.extends = base.properties\n"
                + "executor.label = mine\nexecutor.retries = 2\nprovider.max-blocks = 3\n");
    Path user = files.write("user.properties", "executor.retries = 3\nprovider.max-blocks = 4\n");
    Path project = files.write("project.properties", "provider.max-blocks = 5\n");

    Site read =
        files.read(site, List.of(user, project), "worker.debug=true", "worker.debug = false");

    assertThat(read.get(SiteKeys.WORKER_KILL_GRACE)).isEqualTo(Duration.ofSeconds(1));
    assertThat(read.origin(SiteKeys.WORKER_KILL_GRACE))
        .isEqualTo(new Origin(folder + "/base.properties", 2));
    assertThat(read.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("mine");
    assertThat(read.origin(SiteKeys.EXECUTOR_LABEL)).isEqualTo(new Origin(site.toString(), 2));
    assertThat(read.get(SiteKeys.EXECUTOR_RETRIES)).isEqualTo(3);
    assertThat(read.origin(SiteKeys.EXECUTOR_RETRIES)).isEqualTo(new Origin(user.toString(), 1));
    assertThat(read.get(SiteKeys.PROVIDER_MAX_BLOCKS)).isEqualTo(5);
    assertThat(read.get(SiteKeys.WORKER_DEBUG)).isFalse();
    assertThat(read.origin(SiteKeys.WORKER_DEBUG)).hasToString("--set");
    assertThat(read.get(SiteKeys.EXECUTOR_PORT)).isZero();
    assertThat(read.origin(SiteKeys.EXECUTOR_PORT)).hasToString("default");
  }

  @Test
  void problemsOfAllLayers_areToldTogether_inTheOrderRead() {
    Path site = files.write("mine.properties", "executor.retries = many\n");
    Path user = files.write("user.properties", "\nworker.debgu = true\n");
    assertThat(
            files.problems(
                site, List.of(user, folder.resolve("gone.properties")), "executor.port", "a.b=c"))
        .containsExactly(
            "mine.properties:1: executor.retries: 'many' is not a whole number, 0 or more",
            "user.properties:2: worker.debgu: unknown key; did you mean 'worker.debug'?",
            "gone.properties: does not exist",
            "--set: executor.port: has no '='; write --set key=value",
            "--set: a.b: unknown key; drover sites keys tells them all");
  }

  @Test
  void overriddenMistake_isForgiven_sinceOnlyTheEffectiveValueCounts() {
    Path site = files.write("mine.properties", "executor.label = ${env:ACCOUNT}\n");
    assertThat(files.read(site, List.of(), "executor.label=x").get(SiteKeys.EXECUTOR_LABEL))
        .isEqualTo("x");
  }

  @Test
  void whatAFileSaysOfItself_isNeitherInheritedNorSetFromOutside() {
    files.write("base.properties", "site.name = base\nsite.status = active\nsite.contact = bob\n");
    Path site = files.write("mine.properties", "site.extends = ./base.properties\n");
    Site read = files.read(site, List.of());
    assertThat(read.name()).isEqualTo("mine");
    assertThat(read.get(SiteKeys.SITE_STATUS)).isEqualTo(SiteKeys.Status.UNVERIFIED);
    assertThat(read.get(SiteKeys.SITE_CONTACT)).isEmpty();
    assertThat(files.problems(site, List.of(), "site.extends=local"))
        .containsExactly("--set: site.extends: can only be set in the site's own file");
  }

  @Test
  void extendsChain_reachesShippedSites() {
    files.write("base.properties", "site.extends = local\nexecutor.label = base\n");
    Site read = files.read("site.extends = base.properties\n");
    assertThat(read.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("base");
    assertThat(read.get(SiteKeys.EXECUTOR_START_TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
    assertThat(read.origin(SiteKeys.EXECUTOR_START_TIMEOUT).source())
        .isEqualTo("site-configs/local.properties");
  }

  @Test
  void extendsCircle_isNamedWhole() {
    files.write("b.properties", "# b\nsite.extends = ../" + folder.getFileName() + "/c.properties");
    files.write("c.properties", "site.extends = b.properties");
    assertThat(files.problems("site.extends = b.properties"))
        .containsExactly(
            "c.properties:1: site.extends: goes in a circle: "
                + "b.properties -> c.properties -> b.properties");
    assertThat(files.problems("site.extends = mine.properties"))
        .containsExactly(
            "mine.properties:1: site.extends: goes in a circle: mine.properties -> mine.properties");
  }

  @Test
  void missingBase_isBlamedOnTheLineThatNamesIt() {
    assertThat(files.problems("\nsite.extends = gone.properties\nworker.debug = maybe"))
        .containsExactly(
            "mine.properties:2: site.extends: gone.properties does not exist",
            "mine.properties:3: worker.debug: 'maybe' is not true or false");
    assertThat(files.problems("site.extends = locall"))
        .containsExactly(
            "mine.properties:1: site.extends: unknown site 'locall'; known: "
                + String.join(", ", ShippedSites.names())
                + "; a file is named with its folder or .properties; did you mean 'local'?");
  }

  @Test
  void include_isNoWayToInherit() {
    assertThat(files.problems("include = base.properties"))
        .containsExactly("mine.properties:1: include: unknown key; did you mean 'site.extends'?");
  }

  @Test
  void environment_isTakenFromTheGivenMapAlone() {
    Site read =
        files.read(
            "executor.label = ${env:USER}\nprovider.cores-per-node = ${env:CORES}\n"
                + "worker.log-root = /logs/${env:NOBODY_SETS_THIS:-x}\n");
    assertThat(read.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("ada");
    assertThat(read.get(SiteKeys.PROVIDER_CORES_PER_NODE)).isEqualTo(8);
    assertThat(read.get(SiteKeys.WORKER_LOG_ROOT)).contains("/logs/x");
    assertThat(files.problems("\nexecutor.label = ${env:PATH}"))
        .containsExactly(
            "mine.properties:2: executor.label: needs PATH, which the environment does not set; "
                + "export it, or write ${env:PATH:-default}");
  }

  @Test
  void shellText_reachesTheNodeUntouched() {
    String shell = "wc -l < $PBS_NODEFILE; a=${HOME}/x; echo ${file:UTF-8:/etc/hostname} ${sys:x}";
    assertThat(files.read("provider.worker-init = " + shell).get(SiteKeys.PROVIDER_WORKER_INIT))
        .isEqualTo(shell);
  }

  @Test
  void valuesKeepSpacesEqualsSignsColonsCommasAndHashes() {
    Site read =
        files.read(
            "executor.java-options =   -Dx=y -Dp:q=a,b  #c  \nsite.contact: a  b = c\n"
                + "site.source=x\n");
    assertThat(read.get(SiteKeys.EXECUTOR_JAVA_OPTIONS)).isEqualTo("-Dx=y -Dp:q=a,b  #c");
    assertThat(read.get(SiteKeys.SITE_CONTACT)).isEqualTo("a  b = c");
    assertThat(read.get(SiteKeys.SITE_SOURCE)).isEqualTo("x");
  }

  @Test
  void escapesThatSilentlyChangeText_areRefused() {
    assertThat(
            files.problems(
                "provider.worker-init = cd C:\\temp\nsite.contact = say \\\"x\\\"\n"
                    + "site.source = \\u12"))
        .containsExactly(
            "mine.properties:1: provider.worker-init: \\t would become a control character; "
                + "write \\\\t for a backslash and t",
            "mine.properties:2: site.contact: \\\" would lose its backslash; write \" or \\\\\"",
            "mine.properties:3: site.source: \\u needs four hexadecimal digits; "
                + "write \\\\u for a backslash and u");
  }

  @Test
  void escapesThatKeepTheirMeaning_areRead() {
    Site read =
        files.read(
            "provider.worker-init = module load x\\nsed 's/\\\\t/\\\\n/' \\$A \\d\n"
                + "site.contact = \\u00e9\\:\\=\n");
    assertThat(read.get(SiteKeys.PROVIDER_WORKER_INIT))
        .isEqualTo("module load x\nsed 's/\\t/\\n/' \\$A \\d");
    assertThat(read.get(SiteKeys.SITE_CONTACT)).isEqualTo("\u00e9:=");
  }

  @Test
  void continuedLines_areOneValue_locatedAtItsFirstLine() {
    Site read =
        files.read("\nprovider.worker-init = a && \\\n    b && \\\n    c\nworker.debug = true\n");
    assertThat(read.get(SiteKeys.PROVIDER_WORKER_INIT)).isEqualTo("a && b && c");
    assertThat(read.origin(SiteKeys.PROVIDER_WORKER_INIT).line()).isEqualTo(2);
    assertThat(read.origin(SiteKeys.WORKER_DEBUG).line()).isEqualTo(5);
  }

  @Test
  void strayBackslashThatSwallowsALine_isFound() {
    assertThat(files.problems("site.contact = a \\\nworker.debug = true\n"))
        .containsExactly(
            "mine.properties:2: this line, worker.debug, is joined to the value from line 1; "
                + "drop the backslash above it, or the line");
    assertThat(files.problems("site.contact = a \\\n\nworker.debug = true\n"))
        .contains(
            "mine.properties:2: this line, blank, is joined to the value from line 1; "
                + "drop the backslash above it, or the line");
    assertThat(files.problems("worker.debug = false\nsite.contact = a \\\n"))
        .containsExactly(
            "mine.properties:2: the file ends in a backslash that joins nothing; drop it");
    assertThat(files.problems("site.contact = a\n# a comment \\")).isEmpty();
  }

  @Test
  void windowsFile_withByteOrderMarkAndCrLf_isReadAsAnyOther() {
    Site read =
        files.read(
            "\uFEFFsite.contact = a\r\nprovider.worker-init = x \\\r\n  y\r\n\r\nworker.debug = true\r\n");
    assertThat(read.get(SiteKeys.SITE_CONTACT)).isEqualTo("a");
    assertThat(read.get(SiteKeys.PROVIDER_WORKER_INIT)).isEqualTo("x y");
    assertThat(read.origin(SiteKeys.WORKER_DEBUG).line()).isEqualTo(5);
  }

  @Test
  void fileThatIsNotUtf8_isLocatedAtTheFirstBadByte() {
    byte[] latin1 =
        "worker.debgu = true\nsite.contact = Andr\u00e9\nx.y = z\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(files.problems(files.write("mine.properties", latin1), List.of()))
        .containsExactly(
            "mine.properties:1: worker.debgu: unknown key; did you mean 'worker.debug'?",
            "mine.properties:2: byte 0xE9 is not UTF-8; save the file as UTF-8 "
                + "(what follows was not read)");
    byte[] cut = {'#', (byte) 0xC3};
    assertThat(files.problems(files.write("mine.properties", cut), List.of()))
        .containsExactly(
            "mine.properties:1: byte 0xC3 is not UTF-8; save the file as UTF-8 "
                + "(what follows was not read)");
    byte[] utf16 = "worker.debug = true\n".getBytes(StandardCharsets.UTF_16);
    assertThat(files.problems(files.write("mine.properties", utf16), List.of()))
        .containsExactly(
            "mine.properties:1: byte 0xFE is not UTF-8; save the file as UTF-8 "
                + "(what follows was not read)");
  }

  @Test
  void directory_isNoSite() {
    assertThat(files.problems(folder, List.of()))
        .containsExactly(folder + ": is a directory; name the .properties file in it");
  }

  @Test
  void missingFile_isSuggestedTheShippedSiteOfThatName() {
    assertThat(files.problems("./nowhere/local.properties", List.of()))
        .containsExactly("./nowhere/local.properties: does not exist; did you mean 'local'?");
  }

  @Test
  void fileThatCannotBeRead_isToldAsAProblem() throws Exception {
    Path loop = folder.resolve("loop.properties");
    Files.createSymbolicLink(loop, loop);
    assertThat(files.problems(loop, List.of()))
        .singleElement()
        .asString()
        .startsWith("loop.properties: cannot be read: ");
  }

  @Test
  void aKeyAsParslNamesIt_isToldByTheWordsThatItShares() {
    assertThat(Nearest.key("worker.max-workers-per-node")).contains("worker.max-per-node");
    assertThat(Nearest.key("max_workers_per_node")).contains("worker.max-per-node");
    assertThat(Nearest.key("worker.max-workrs")).isEmpty();
  }

  @Test
  void fileWithoutReadPermission_isToldAsAProblem() throws Exception {
    Path site = files.write("mine.properties", "");
    Files.setPosixFilePermissions(site, PosixFilePermissions.fromString("---------"));
    boolean readsAll = Files.isReadable(site);
    if (readsAll) {
      System.out.println("SKIPPED: root reads everything, so no file was one that may not be read");
    }
    assumeThat(readsAll).as("root reads everything").isFalse();
    assertThat(files.problems(site, List.of()))
        .containsExactly("mine.properties: may not be read: permission denied");
  }

  @Test
  void emptyFile_isASiteOfDefaults_namedAfterTheFile() {
    Site read = files.read("");
    assertThat(read.name()).isEqualTo("mine");
    assertThat(read.get(SiteKeys.PROVIDER_MAX_BLOCKS)).isEqualTo(1);
  }

  @Test
  void keysThatContradictEachOther_areBlamedWhereTheyWereSet() {
    assertThat(
            files.problems(
                "executor.heartbeat-threshold = 30s\nprovider.min-blocks = 3\n"
                    + "provider.max-blocks = 2\nprovider.init-blocks = 4\nprovider.nodes-per-block = 2\n"))
        .containsExactly(
            "mine.properties:1: executor.heartbeat-threshold: 30s must be longer than "
                + "executor.heartbeat-period, 30s (default)",
            "mine.properties:2: provider.min-blocks: 3 must not exceed provider.max-blocks, 2 (F:3)"
                .replace("F", "mine.properties"),
            "mine.properties:4: provider.init-blocks: 4 must not exceed provider.max-blocks, 2 (F:3)"
                .replace("F", "mine.properties"),
            "mine.properties:5: provider.nodes-per-block: 2 must be 1 with launcher.type, "
                + "single-node (default)");
    assertThat(files.problems("executor.heartbeat-period = 5m"))
        .containsExactly(
            "mine.properties:1: executor.heartbeat-period: executor.heartbeat-threshold, "
                + "by default 2m must be longer than executor.heartbeat-period, 5m "
                + "(mine.properties:1)");
  }

  @Test
  void aListOfCpus_hasAGroupForEachWorker_whereTheFileTellsHowManyThereAre() {
    String list = "worker.cpu-affinity = list:0-1:2-3:4-5\n";
    String wrong =
        "mine.properties:1: worker.cpu-affinity: has 3 groups of cpus, but a node has %s workers;"
            + " give each worker one group";
    assertThat(files.problems(list + "worker.max-per-node = 3\n")).isEmpty();
    assertThat(files.problems(list + "worker.available-accelerators = 3\n")).isEmpty();
    assertThat(files.problems(list + "worker.cores-per-worker = 2\n")).isEmpty();
    assertThat(files.problems(list + "worker.max-per-node = 2\n"))
        .containsExactly(wrong.formatted(2));
    assertThat(files.problems(list + "worker.max-per-node = 4\n"))
        .containsExactly(wrong.formatted(4));
    assertThat(files.problems(list + "worker.available-accelerators = 0,1; 2,3\n"))
        .containsExactly(wrong.formatted(2));
    assertThat(files.problems(list)).containsExactly(wrong.formatted("at least 6"));
    String slurm = "provider.type = slurm\nlauncher.type = srun\nprovider.cores-per-node = 2\n";
    assertThat(files.problems(list + slurm)).containsExactly(wrong.formatted(2));
    // The node's memory, or its cores, may allow no more than three.
    assertThat(files.problems(list + "worker.max-per-node = 4\nworker.memory-per-worker = 4GiB\n"))
        .isEmpty();
    assertThat(files.problems(list + "worker.max-per-node = 9\nworker.cores-per-worker = 2\n"))
        .isEmpty();
  }

  @Test
  void description_readsBackAsTheSameSite() {
    Site read =
        files.read(
            "site.extends = local\nsite.name = a.b\nexecutor.label = ${env:USER}\n"
                + "provider.worker-init = a \\\\t\\nb $${env:X} ${HOME}\nworker.available-accelerators = 2\n"
                + "site.contact = \u00e9 # x\nexecutor.prefetch = 3\n");
    Path again = files.write("again.properties", read.describe());
    Site reread = new SiteReader(Map.of()).read(again.toString());
    Map<String, Object> expected = new LinkedHashMap<>();
    Map<String, Object> actual = new LinkedHashMap<>();
    for (Key<?> key : SiteKeys.all()) {
      if (!key.equals(SiteKeys.SITE_EXTENDS)) {
        expected.put(key.name(), read.get(key));
        actual.put(key.name(), reread.get(key));
      }
    }
    assertThat(actual).isEqualTo(expected);
    assertThat(read.get(SiteKeys.PROVIDER_WORKER_INIT)).isEqualTo("a \\t\nb ${env:X} ${HOME}");
  }

  @Test
  void description_namesOrigins_andMasksSecrets() {
    var token = new Key<>("executor.token", KeyType.TEXT, "", "", "a token", "0.1.0", true);
    var settings = new Settings();
    settings.put(SiteKeys.SITE_NAME, new Setting<>("mine", Origin.DEFAULT));
    settings.put(token, new Setting<>("hush", new Origin("mine.properties", 7)));
    settings.put(SiteKeys.WORKER_DEBUG, new Setting<>(true, Origin.SET));
    assertThat(
            new Site(settings, Map.of(), Optional.empty(), List.of(), List.of(), List.of())
                .describe())
        .isEqualTo(
            """
            # The site 'mine' as resolved. Above each value: where it was set.

            # default
            site.name = mine

            # mine.properties:7
            executor.token = ********

            # --set
            worker.debug = true
            """);
  }
}
