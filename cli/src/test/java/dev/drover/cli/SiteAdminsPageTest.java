package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.launcher.Launchers;
import dev.drover.provider.Providers;
import dev.drover.site.Key;
import dev.drover.site.SiteKeys;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/site-admins.md} says of keys, providers and launchers, beside what there is. */
class SiteAdminsPageTest {
  private static final Path PAGE = Path.of("../docs/site-admins.md");
  private static final String BEGIN = "<!-- keys: as SiteAdminsPageTest prints them -->\n";
  private static final String END = "<!-- end of keys -->";

  private static final Pattern SITE_FILE = Pattern.compile("```text.*\n(site\\.name = [^`]*)```");

  @Test
  void tableOfKeys_isThatOfTheRegistry() throws IOException {
    String page = Files.readString(PAGE);
    String there = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    assertThat(there)
        .as("%s between its two comments; the right text is:%n%s", PAGE, tables())
        .isEqualTo(tables());
  }

  private static String tables() {
    Map<String, StringBuilder> tables = new LinkedHashMap<>();
    for (Key<?> key : SiteKeys.all()) {
      String group = key.name().substring(0, key.name().indexOf('.'));
      tables.computeIfAbsent(group, name -> new StringBuilder()).append(row(key)).append('\n');
    }
    return tables.entrySet().stream()
        .map(
            table ->
                "\n### `%s.`\n| key | default | takes | means |\n|---|---|---|---|\n%s"
                    .formatted(table.getKey(), table.getValue()))
        .collect(Collectors.joining("", "", "\n"));
  }

  private static <T> String row(Key<T> key) {
    String initial = key.type().print(key.defaultValue());
    String takes = key.type().allowed().replaceFirst(" such as .*", "");
    return "| `%s` | %s | %s | %s |"
        .formatted(
            key.name(),
            initial.isEmpty() ? "" : "`" + cell(initial) + "`",
            cell(takes.replaceFirst(", or nothing$", "").replace("\\n", "`\\n`")),
            cell(key.doc()));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", "\\n");
  }

  @Test
  void siteFilesOfThePage_areSound(@TempDir Path directory) throws IOException {
    Matcher files = SITE_FILE.matcher(Files.readString(PAGE));
    List<String> names = new ArrayList<>();
    while (files.find()) {
      Path file = Files.writeString(directory.resolve("page.properties"), files.group(1));
      names.add(new SiteReader(Map.of("REDWOOD_PROJECT", "physics")).read(file.toString()).name());
    }
    assertThat(names).containsExactly("mysite", "redwood");
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
