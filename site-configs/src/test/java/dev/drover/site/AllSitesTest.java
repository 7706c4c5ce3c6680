package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
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
    assertThat(site.get(SiteKeys.SITE_SOURCE)).isNotBlank();
    assertThat(site.get(SiteKeys.SITE_VERIFIED)).isPresent();
    assertThat(site.origin(SiteKeys.SITE_STATUS)).isNotEqualTo(Origin.DEFAULT);
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
