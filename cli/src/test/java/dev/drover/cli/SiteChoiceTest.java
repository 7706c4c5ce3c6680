package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.engine.SiteChoice;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteFolders;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which site a command line means. */
class SiteChoiceTest {
  private static final Optional<String> UNNAMED = Optional.empty();
  private static final Optional<Path> NO_RUN = Optional.empty();

  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void writeSites() throws IOException {
    Path sites = Files.createDirectories(directory.resolve("sites"));
    Files.writeString(
        sites.resolve("redwood.properties"),
        "site.hosts = login*\nsite.required = provider.account\nprovider.type = slurm\n"
            + "launcher.type = srun\n");
    Files.writeString(sites.resolve("cedar.properties"), "site.hosts = *2\n");
  }

  private SiteChoice choice(String host) {
    return new SiteChoice(
        new SiteFolders(Optional.of(directory), Optional.empty(), Optional.empty()),
        environment,
        () -> List.of(host),
        notes::add);
  }

  @Test
  void hostChooses_andThatIsTold() {
    Site site = choice("login1").forRun(UNNAMED, Map.of("provider.account", "p-1"), NO_RUN);
    assertThat(site.name()).isEqualTo("redwood");
    assertThat(notes).containsExactly("site redwood (host login1 is login*); --site names another");
  }

  @Test
  void unknownHost_isLocal_andNothingIsTold() {
    assertThat(choice("laptop").forRun(UNNAMED, Map.of(), NO_RUN).name()).isEqualTo("local");
    assertThat(notes).isEmpty();
  }

  @Test
  void hostOfTwoSites_isLocal_andTheTieIsTold() {
    assertThat(choice("login2").forRun(UNNAMED, Map.of(), NO_RUN).name()).isEqualTo("local");
    assertThat(notes)
        .containsExactly(
            "more than one site is this machine: cedar (host login2 is *2), redwood (host login2 is"
                + " login*); --site names one");
  }

  @Test
  void nameAndVariable_goBeforeTheHost() {
    environment.put(SiteChoice.VARIABLE, "cedar");
    assertThat(choice("login1").forRun(UNNAMED, Map.of(), NO_RUN).name()).isEqualTo("cedar");
    assertThat(choice("login1").forRun(Optional.of("local"), Map.of(), NO_RUN).name())
        .isEqualTo("local");
    assertThat(notes).isEmpty();
  }

  @Test
  void whatTheSiteRequires_isAskedForARun_andNotForALook() {
    assertThatThrownBy(() -> choice("login1").forRun(UNNAMED, Map.of(), NO_RUN))
        .isInstanceOf(InvalidSiteException.class)
        .hasMessageContaining("provider.account: required here: set it");
    assertThat(choice("login1").toLookAt(UNNAMED, Map.of()).name()).isEqualTo("redwood");
  }

  @Test
  void retiredSite_isToldSo() throws IOException {
    Files.writeString(directory.resolve("sites/old.properties"), "site.status = retired\n");
    choice("login1").toLookAt(Optional.of("old"), Map.of());
    assertThat(notes).containsExactly("site old is retired: the machine is gone");
  }

  @Test
  void runThatIsGoneOnWith_keepsItsSite_underTheSettingsAlone() throws IOException {
    Path run = Files.createDirectories(directory.resolve("run"));
    Site first =
        choice("login1").forRun(UNNAMED, Map.of("provider.account", "p-1"), Optional.of(run));
    Files.writeString(run.resolve("site.properties"), first.describe());
    Files.writeString(directory.resolve("drover.properties"), "provider.account = other\n");
    environment.put("DROVER_EXECUTOR_LABEL", "other");
    notes.clear();
    Site again =
        choice("elsewhere").forRun(UNNAMED, Map.of("executor.retries", "3"), Optional.of(run));
    assertThat(again.get(SiteKeys.PROVIDER_ACCOUNT)).contains("p-1");
    assertThat(again.get(SiteKeys.EXECUTOR_LABEL)).isEqualTo("htex");
    assertThat(again.get(SiteKeys.EXECUTOR_RETRIES)).isEqualTo(3);
    assertThat(notes).isEmpty();
    Site named = choice("elsewhere").forRun(Optional.of("redwood"), Map.of(), Optional.of(run));
    assertThat(named.get(SiteKeys.PROVIDER_ACCOUNT)).contains("other");
  }
}
