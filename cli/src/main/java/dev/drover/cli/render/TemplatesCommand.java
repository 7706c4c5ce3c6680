package dev.drover.cli.render;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover templates}: what it can be asked is in its subcommands. */
@Command(
    name = "templates",
    description = {"List, show and compare the templates of job scripts.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover templates list --json",
      "  drover templates show local > mysite.sh.ftl",
      "  drover templates diff --site mysite.properties"
    })
public final class TemplatesCommand {
  private TemplatesCommand() {}

  /** The command with its subcommands. */
  public static CommandSpec spec(Console console) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new TemplatesCommand());
    spec.addSubcommand("list", new CommandLine(new ListTemplates(console)));
    spec.addSubcommand("show", new CommandLine(new Show(console)));
    spec.addSubcommand("diff", new CommandLine(new Diff(console)));
    return spec;
  }

  /** {@code drover templates list}. */
  @Command(
      name = "list",
      description = {"List the shipped templates, and where each lies.", ""})
  private static final class ListTemplates implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "The same as one JSON object.")
    private boolean json;

    ListTemplates(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      List<String> files = ShippedTemplates.files();
      if (json) {
        console.out().println(json(files));
        return ExitCode.DONE.status();
      }
      int width =
          files.stream().mapToInt(file -> ShippedTemplates.name(file).length()).max().orElse(0);
      for (String file : files) {
        console
            .out()
            .printf(
                "%-" + width + "s  %s  %s%n",
                ShippedTemplates.name(file),
                kind(file),
                ShippedTemplates.place(file));
      }
      return ExitCode.DONE.status();
    }

    private static String kind(String file) {
      return ShippedTemplates.isScript(file) ? "script" : "part  ";
    }

    private static String json(List<String> files) {
      return JsonText.object(
          out -> {
            out.writeStringField("command", "templates list");
            out.writeArrayFieldStart("templates");
            for (String file : files) {
              out.writeStartObject();
              out.writeStringField("name", ShippedTemplates.name(file));
              out.writeStringField("kind", kind(file).strip());
              out.writeStringField("place", ShippedTemplates.place(file));
              out.writeEndObject();
            }
            out.writeEndArray();
          });
    }
  }

  /** {@code drover templates show}. */
  @Command(
      name = "show",
      description = {"Print a shipped template, to read it or to begin one's own with.", ""})
  private static final class Show implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "As drover templates list names it.")
    private String name;

    Show(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      console.out().print(ShippedTemplates.text(ShippedTemplates.find(name)));
      return ExitCode.DONE.status();
    }
  }

  /** {@code drover templates diff}. */
  @Command(
      name = "diff",
      sortOptions = false,
      description = {
        "Compare a site's own template with the shipped one of its provider, as diff -u does.",
        ""
      },
      footer = {"", "Exit codes: 0 no difference; 1 some; 2 usage or configuration."})
  private static final class Diff implements Callable<Integer> {
    private static final int DIFFERENT = 1;

    private final Console console;

    @Mixin private final SiteOptions options;

    Diff(Console console) {
      this.console = console;
      this.options = new SiteOptions(SiteChoice.here(console.err()));
    }

    @Override
    public Integer call() {
      Site site = options.toLookAt();
      String provider = SiteKeys.PROVIDER_TYPE.type().print(site.get(SiteKeys.PROVIDER_TYPE));
      String file = ShippedTemplates.find(provider);
      Optional<String> own = site.get(SiteKeys.TEMPLATE_FILE);
      if (own.isEmpty()) {
        console
            .err()
            .println(
                "drover: note: site '"
                    + site.name()
                    + "' has no template of its own: it uses "
                    + ShippedTemplates.shown(file));
        return ExitCode.DONE.status();
      }
      String diff =
          TextDiff.unified(
              ShippedTemplates.shown(file),
              ShippedTemplates.text(file),
              own.get(),
              read(own.get()));
      console.out().print(diff);
      return diff.isEmpty() ? ExitCode.DONE.status() : DIFFERENT;
    }

    private static String read(String template) {
      try {
        return Files.readString(Path.of(template));
      } catch (IOException e) {
        throw StopException.usage(
            "template "
                + template
                + " cannot be read ("
                + e
                + ")\n  fix: check the path and its permissions");
      }
    }
  }
}
