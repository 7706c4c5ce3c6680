package dev.drover.cli.sites;

import dev.drover.site.Key;
import dev.drover.site.QueueKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The registry of keys as a page: {@code docs/site-keys.md}. */
final class KeysPage {
  private static final String HEAD =
      """
      # The keys of a site file

      As `drover sites keys --markdown` prints them. How a file is written, and which layers lie over it, is in [Publish a machine](site-admins.md).
      In text a `\\n` stands between lines. `DROVER_` and a key's name in capitals, with `_` for `.` and `-`, is the variable that sets it: `DROVER_PROVIDER_ACCOUNT`.
      """;

  private KeysPage() {}

  /** The page, with a table for each section. */
  static String of(List<Key<?>> keys) {
    Map<String, StringBuilder> tables = new LinkedHashMap<>();
    for (Key<?> key : keys) {
      String section = key.name().substring(0, key.name().indexOf('.'));
      String heading =
          key.name().contains(QueueKeys.PLACEHOLDER)
              ? section + "." + QueueKeys.PLACEHOLDER + "."
              : section + ".";
      tables.computeIfAbsent(heading, name -> new StringBuilder()).append(row(key)).append('\n');
    }
    return tables.entrySet().stream()
        .map(
            table ->
                "\n## `%s`\n| key | default | takes | means |\n|---|---|---|---|\n%s"
                    .formatted(table.getKey(), table.getValue()))
        .collect(Collectors.joining("", HEAD, ""));
  }

  private static String row(Key<?> key) {
    String initial = defaultOf(key);
    String takes = key.type().allowed().replaceFirst(" such as .*", "");
    return "| `%s` | %s | %s | %s |"
        .formatted(
            key.name(),
            initial.isEmpty() ? "" : "`" + cell(initial) + "`",
            cell(takes.replaceFirst(", or nothing$", "").replace("\\n", "`\\n`")),
            cell(key.doc()));
  }

  /** As a site file would have it. */
  static <T> String defaultOf(Key<T> key) {
    return key.type().print(key.defaultValue());
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", "\\n");
  }
}
