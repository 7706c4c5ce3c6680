package dev.drover.cli.inspect;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.remote.RemoteRunFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover fetch}: copies files of a run on a head node to this machine. */
@Command(
    name = "fetch",
    sortOptions = false,
    description = {
      "Copy files of a run on a head node to this machine.",
      "",
      "A PATTERN is a name, or has *, ? and [a-z] as a shell's (quote it); of a directory all files below "
          + "it are copied. It is looked for where the run's tasks start that name no directory, then in the "
          + "run directory there; /… and ~/… are that. A file here is replaced by a whole new one or stays "
          + "as it is. Each is named on stdout.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all copied; 2 a pattern names no file, and nothing was copied; 3 the head node or this "
          + "disk did not do its part: what is named was copied.",
      "",
      "Examples:",
      "  drover fetch drover-runs/my-run 'results/*.csv'",
      "  drover fetch my-run --to . summary.json 'plots/fig-[0-9].png'",
      "  drover fetch my-run drover.log                        the interchange's own log"
    })
public final class FetchCommand implements Callable<Integer> {
  private final Console console;
  private final Path root;

  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Run directory, or its name in drover-runs/.")
  private String run;

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATTERN", description = "What to copy.")
  private List<String> patterns = List.of();

  @Option(
      names = "--to",
      paramLabel = "DIR",
      order = 1,
      description = "Where to (default: fetched/ in the run directory here).")
  private Path to;

  @Option(names = "--json", order = 2, description = "What was copied as one JSON object.")
  private boolean json;

  public FetchCommand(Console console, Path root) {
    this.console = console;
    this.root = root;
  }

  private record Copied(Path name, Path to, long bytes) {}

  @Override
  public Integer call() {
    Path directory = RunDirectories.find(run, root);
    Path folder = to == null ? directory.resolve("fetched") : to;
    refuseUpwards();
    List<Copied> copied = new ArrayList<>();
    try (RemoteRunFiles files =
        RunThere.of(directory)
            .orElseThrow(
                () ->
                    StopException.usage(
                        directory
                            + ": this run is on this machine, and its files with it\n  fix: copy them with cp"))) {
      for (RemoteRunFiles.Found each : find(files)) {
        Path target = folder.resolve(each.name());
        copied.add(new Copied(each.name(), target, files.fetch(each.path(), target)));
        if (!json) {
          console.out().println(target);
        }
      }
    } catch (IOException e) {
      throw StopException.infrastructure(
          "not all was fetched: " + (e.getMessage() == null ? e : e.getMessage()), e);
    }
    if (json) {
      console.out().println(object(copied));
    }
    console
        .err()
        .printf(
            "drover: fetched %d %s, %d bytes, to %s%n",
            copied.size(),
            copied.size() == 1 ? "file" : "files",
            copied.stream().mapToLong(Copied::bytes).sum(),
            folder);
    return ExitCode.DONE.status();
  }

  private void refuseUpwards() {
    for (String pattern : patterns) {
      if (pattern.isEmpty() || Arrays.asList(pattern.split("/")).contains("..")) {
        throw StopException.usage(
            "'"
                + pattern
                + "': no file is above the folder that it is copied to\n  fix: write the whole path, from / or ~/");
      }
    }
  }

  /** All that is named, each once, before the first is copied. */
  private List<RemoteRunFiles.Found> find(RemoteRunFiles files) throws IOException {
    Map<Path, RemoteRunFiles.Found> found = new LinkedHashMap<>();
    List<String> nothing = new ArrayList<>();
    for (String pattern : patterns) {
      List<RemoteRunFiles.Found> named = files.find(pattern);
      named.forEach(each -> found.putIfAbsent(each.path(), each));
      if (named.isEmpty()) {
        nothing.add("'" + pattern + "'");
      }
    }
    if (!nothing.isEmpty()) {
      throw StopException.usage(
          "on %s there is no file %s, neither in %s nor in %s; nothing was fetched%n  fix: write the path from / or ~/, or look there what there is"
              .formatted(
                  files.host(),
                  String.join(", ", nothing),
                  files.workingDirectory(),
                  files.directory()));
    }
    return List.copyOf(found.values());
  }

  private static String object(List<Copied> copied) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "fetch");
          out.writeArrayFieldStart("files");
          for (Copied each : copied) {
            out.writeStartObject();
            out.writeStringField("name", each.name().toString());
            out.writeStringField("path", each.to().toString());
            out.writeNumberField("bytes", each.bytes());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }
}
