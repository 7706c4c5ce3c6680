package dev.drover.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockId;
import dev.drover.headnode.SkipAloud;
import dev.drover.journal.RunDirectory;
import dev.drover.site.ShippedSites;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The job script of every shipped site, whole, in {@code golden-sites/}: there a change of a
 * template, a launcher or a site's file shows what it does to each machine. {@code
 * -Dgolden.write=true} writes them anew, to be looked at before they are committed.
 */
class GoldenSitesTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden-sites");
  private static final boolean WRITE = Boolean.getBoolean("golden.write");

  /** What differs from place to place, and what some sites leave to their users. */
  private static final Map<String, String> SETTLED =
      Map.of(
          "executor.address", "10.0.0.1",
          "executor.java", "/opt/java/bin/java",
          "worker.working-dir", "/scratch/project");

  @TempDir static Path rendered;

  static List<String> sites() {
    return ShippedSites.names();
  }

  @BeforeAll
  static void renderEach() throws IOException {
    for (String name : sites()) {
      Files.writeString(script(name), render(name));
    }
  }

  @ParameterizedTest
  @MethodSource("sites")
  void shippedSite_hasTheJobScriptOfItsGoldenFile(String name) throws IOException {
    if (WRITE) {
      Files.createDirectories(FOLDER);
      Files.copy(script(name), golden(name), StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(golden(name))
        .as("-Dgolden.write=true writes the golden scripts anew; look at the difference")
        .hasSameTextualContentAs(script(name));
  }

  @Test
  void goldenScripts_areOfSitesThatAreShipped() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              sites().stream().map(name -> golden(name).getFileName().toString()).toList());
    }
  }

  @Test
  void everyScript_isSoundToBash() throws Exception {
    for (String name : sites()) {
      assertThat(said(List.of("bash", "-n", script(name).toString()))).as(name).isEmpty();
    }
  }

  @Test
  void everyScript_pleasesShellCheck() throws Exception {
    boolean present = new ProcessBuilder("which", "shellcheck").start().waitFor() == 0;
    SkipAloud.unless(present, "shellcheck is not installed, so no site's script was checked");
    List<String> command = new ArrayList<>(List.of("shellcheck", "--shell=bash"));
    sites().forEach(name -> command.add(script(name).toString()));
    assertThat(said(command)).isEmpty();
  }

  private static Path golden(String name) {
    return FOLDER.resolve(name + ".sh");
  }

  private static Path script(String name) {
    return rendered.resolve(name + ".sh");
  }

  private static String render(String name) {
    List<String> settings = new ArrayList<>();
    SETTLED.forEach((key, value) -> settings.add(key + "=" + value));
    settings.addAll(users(new SiteReader(Map.of()).read(name)));
    Site site = new SiteReader(Map.of()).read(name, List.of(), settings);
    String script =
        Rendering.of(site, RunDirectory.planned(Path.of("/scratch/project/run")), BlockId.of(1))
            .script();
    return script.replace(classpath(), "/opt/drover/drover.jar");
  }

  /** What a user of the site would say beside its name. */
  private static List<String> users(Site site) {
    List<String> settings = new ArrayList<>();
    List<String> required = site.get(SiteKeys.SITE_REQUIRED);
    if (required.contains("provider.account")) {
      settings.add("provider.account=PROJECT");
    }
    if (required.contains("provider.cores-per-node")) {
      settings.add("provider.cores-per-node=32");
    }
    if (required.contains("provider.hosts")) {
      settings.add("provider.hosts=node1, node2*8");
    }
    if (site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK) == 0) {
      settings.add("provider.nodes-per-block=2"); // all nodes of the job that this test is not in
    }
    return settings;
  }

  private static String classpath() {
    return Arrays.stream(System.getProperty("java.class.path").split(":"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(":"));
  }

  /** What it printed, and a line more when it failed. */
  private static String said(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? said : said + "\nexit " + process.exitValue();
  }
}
