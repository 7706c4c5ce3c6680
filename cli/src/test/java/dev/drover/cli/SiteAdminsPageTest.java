package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.launcher.Launchers;
import dev.drover.provider.Providers;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/site-admins.md} says of providers and launchers, beside what there is. */
class SiteAdminsPageTest {
  private static final Path PAGE = Path.of("../docs/site-admins.md");
  private static final Pattern SITE_FILE = Pattern.compile("```text.*\n(site\\.name = [^`]*)```");

  @Test
  void siteFilesOfThePage_areSound(@TempDir Path directory) throws IOException {
    Matcher files = SITE_FILE.matcher(Files.readString(PAGE));
    List<String> names = new ArrayList<>();
    while (files.find()) {
      Path file = Files.writeString(directory.resolve("page.properties"), files.group(1));
      names.add(new SiteReader(Map.of("REDWOOD_PROJECT", "physics")).read(file.toString()).name());
    }
    assertThat(names).containsExactly("cedar", "mysite", "redwood", "ensembles");
  }

  @Test
  void everyProviderAndLauncher_hasARow() throws IOException {
    List<String> rows = Files.readAllLines(PAGE);
    for (List<String> names :
        List.of(
            SiteKeys.PROVIDER_TYPE.type().choices(),
            SiteKeys.LAUNCHER_TYPE.type().choices(),
            Providers.NAMES,
            Launchers.NAMES)) {
      for (String name : names) {
        assertThat(rows).as(name).anyMatch(row -> row.startsWith("| `" + name + "` |"));
      }
    }
  }
}
