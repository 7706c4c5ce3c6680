package dev.drover.cli.sites;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.KeyWords;
import dev.drover.site.Key;
import dev.drover.site.SiteKeys;
import dev.drover.spelling.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover sites keys}. */
@Command(
    name = "keys",
    sortOptions = false,
    description = {
      "Print the keys that a site file may hold: what each is for, takes, and is by default.",
      "",
      "A key is also set by the variable that is named with it.",
      ""
    })
final class PrintKeys implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      completionCandidates = KeyWords.Names.class,
      description = "Only keys that start so, such as provider. or queue.")
  private String prefix = "";

  @ArgGroup private Form form = new Form();

  /** One of these, or text for people. */
  private static final class Form {
    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Option(names = "--schema", description = "As a JSON Schema of sites show --json's values.")
    private boolean schema;

    @Option(names = "--markdown", description = "As the page docs/site-keys.md.")
    private boolean markdown;
  }

  PrintKeys(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Key<?>> keys =
        SiteKeys.listed().stream().filter(key -> key.name().startsWith(prefix)).toList();
    if (keys.isEmpty()) {
      List<String> names = SiteKeys.listed().stream().map(Key::name).toList();
      throw StopException.usage(
          "no key starts with '"
              + prefix
              + "'"
              + NearestName.among(prefix, names)
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse("\n  fix: drover sites keys prints all"));
    }
    if (form.json) {
      console.out().println(object(keys));
    } else if (form.schema) {
      console.out().println(KeysSchema.of(keys));
    } else if (form.markdown) {
      console.out().print(KeysPage.of(keys));
    } else {
      keys.forEach(this::print);
    }
    return ExitCode.DONE.status();
  }

  private <T> void print(Key<T> key) {
    String initial = key.type().print(key.defaultValue());
    console.out().println((key.name() + " = " + initial.replace("\n", "\\n")).stripTrailing());
    console.out().println("    " + key.doc());
    console.out().println("    takes " + key.type().allowed() + unit(key));
    if (SiteKeys.variable(key).isPresent()) {
      console.out().println("    " + SiteKeys.variable(key).get());
    }
  }

  private static String unit(Key<?> key) {
    return key.unit().isEmpty() ? "" : " (" + key.unit() + ")";
  }

  private static String object(List<Key<?>> keys) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "sites keys");
          out.writeArrayFieldStart("keys");
          for (Key<?> key : keys) {
            out.writeStartObject();
            out.writeStringField("name", key.name());
            out.writeStringField(
                "type",
                key.type().shape().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            out.writeStringField("takes", key.type().allowed());
            out.writeStringField("unit", key.unit());
            out.writeStringField("default", KeysPage.defaultOf(key));
            out.writeStringField("doc", key.doc());
            out.writeStringField("since", key.since());
            out.writeBooleanField("secret", key.secret());
            if (SiteKeys.variable(key).isPresent()) {
              out.writeStringField("variable", SiteKeys.variable(key).get());
            }
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
