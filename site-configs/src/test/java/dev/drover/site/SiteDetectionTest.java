package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SiteDetectionTest {
  @TempDir Path folder;

  private void site(String name, String text) throws IOException {
    Path sites = Files.createDirectories(folder.resolve("sites"));
    Files.writeString(sites.resolve(name + ".properties"), text);
  }

  private SiteDetection.Finding find(Map<String, String> environment, String... hosts) {
    SiteFolders folders = new SiteFolders(Optional.of(folder), Optional.empty(), Optional.empty());
    return new SiteDetection(folders, environment, () -> List.of(hosts)).find();
  }

  @Test
  void hostName_choosesItsSite_andSaysWhy() throws IOException {
    site("redwood", "site.hosts = redwood-login?, *.redwood.example.org\n");
    site("cedar", "site.hosts = cedar*\n");
    assertThat(find(Map.of(), "redwood-login7"))
        .isEqualTo(
            new SiteDetection.Finding(
                Optional.of("redwood"),
                Optional.of(
                    "site redwood (host redwood-login7 is redwood-login?); --site names another")));
    assertThat(find(Map.of(), "x1", "X1.Redwood.example.org").site()).contains("redwood");
    assertThat(find(Map.of(), "redwood-login77", "aredwood.example.org").site()).isEmpty();
  }

  @Test
  void environment_isAsGoodAsAHostName() throws IOException {
    site("perl", "site.environment = CENTRE_HOST=perl\n");
    site("job", "site.environment = CENTRE_JOB, CENTRE_KIND=g*\n");
    assertThat(find(Map.of("CENTRE_HOST", "perl")).note())
        .contains("site perl (CENTRE_HOST=perl); --site names another");
    assertThat(find(Map.of("CENTRE_HOST", "pearl"))).isEqualTo(nothing());
    assertThat(find(Map.of("CENTRE_JOB", "1", "CENTRE_KIND", "gpu")).note())
        .contains("site job (CENTRE_JOB is set, CENTRE_KIND=gpu); --site names another");
    assertThat(find(Map.of("CENTRE_JOB", "1", "CENTRE_KIND", "cpu"))).isEqualTo(nothing());
  }

  @Test
  void hostAndEnvironment_mustBothHold_whereASiteHasBoth() throws IOException {
    site("perl", "site.hosts = login*\nsite.environment = CENTRE_HOST=perl\n");
    assertThat(find(Map.of(), "login1")).isEqualTo(nothing());
    assertThat(find(Map.of("CENTRE_HOST", "perl"), "node1")).isEqualTo(nothing());
    assertThat(find(Map.of("CENTRE_HOST", "perl"), "login1").site()).contains("perl");
  }

  @Test
  void severalSites_chooseNone_andAreTold() throws IOException {
    site("a", "site.hosts = login*\n");
    site("b", "site.hosts = *1\n");
    assertThat(find(Map.of(), "login1"))
        .isEqualTo(
            new SiteDetection.Finding(
                Optional.empty(),
                Optional.of(
                    "more than one site is this machine: a (host login1 is login*), b (host login1"
                        + " is *1); --site names one")));
  }

  @Test
  void siteThatClaimsNothing_isNeverFound_andBrokenOnesDoNoHarm() throws IOException {
    site("plain", "executor.label = x\n");
    site("broken", "site.hosts = a b\nsite.environment = =\n");
    assertThat(find(Map.of(), "login1")).isEqualTo(nothing());
  }

  @Test
  void hostNames_areTheKernels_alsoWithinTheSearchedDomains() throws IOException {
    Path kernel = Files.writeString(folder.resolve("hostname"), "uan-0009\n");
    Path resolver =
        Files.writeString(
            folder.resolve("resolv.conf"), "nameserver 10.0.0.1\nsearch a.example.org b.org\n");
    assertThat(HostNames.of(kernel, resolver, Map.of()))
        .containsExactly("uan-0009", "uan-0009.a.example.org", "uan-0009.b.org");
    Path none = folder.resolve("none");
    assertThat(HostNames.of(none, none, Map.of("HOSTNAME", "mac"))).containsExactly("mac");
    assertThat(HostNames.of(none, none, Map.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "login1, login1, true",
    "LOGIN1, login?, true",
    "login, login?, false",
    "login12, login?, false",
    "login12, login*, true",
    "login, login*, true",
    "a.b.example.org, *.example.org, true",
    "aexample.org, *.example.org, false",
    "abcbcd, a*bcd, true",
    "abcbce, a*bcd, false",
    "ab, a*b*, true",
    "a, '', false",
  })
  void stars_standForAnyCharacters_andQuestionMarksForOne(
      String text, String pattern, boolean like) {
    assertThat(SiteDetection.isLike(text, pattern)).isEqualTo(like);
  }

  private static SiteDetection.Finding nothing() {
    return new SiteDetection.Finding(Optional.empty(), Optional.empty());
  }
}
