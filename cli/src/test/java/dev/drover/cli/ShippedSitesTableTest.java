package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.site.ShippedSites;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table of shipped sites in {@code docs/users.md}, beside the files themselves. */
class ShippedSitesTableTest {
  private static final Path PAGE = Path.of("../docs/users.md");
  private static final String BEGIN = "<!-- sites: as ShippedSitesTableTest prints them -->\n";
  private static final String END = "<!-- end of sites -->";

  @Test
  void tableOfSites_isThatOfTheirFiles() throws IOException {
    String page = Files.readString(PAGE);
    String there = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    assertThat(there)
        .as("%s between its two comments; the right text is:%n%s", PAGE, table())
        .isEqualTo(table());
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder(
            "| `--site` | is | scheduler | status | as of |\n|---|---|---|---|---|\n");
    for (String name : ShippedSites.names()) {
      Site site = new SiteReader(Map.of()).read(name);
      table.append(
          "| `%s` | %s | `%s` | %s | %s |\n"
              .formatted(
                  name,
                  site.get(SiteKeys.SITE_DESCRIPTION),
                  SiteKeys.PROVIDER_TYPE.type().print(site.get(SiteKeys.PROVIDER_TYPE)),
                  SiteKeys.SITE_STATUS.type().print(site.get(SiteKeys.SITE_STATUS)),
                  site.get(SiteKeys.SITE_VERIFIED).orElseThrow()));
    }
    return table.toString();
  }
}
