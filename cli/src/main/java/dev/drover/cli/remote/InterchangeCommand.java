package dev.drover.cli.remote;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.console.Logging;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.EndingText;
import dev.drover.cli.inspect.JsonText;
import dev.drover.cli.run.ChosenSite;
import dev.drover.executor.InterchangeHost;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunHeader;
import dev.drover.manager.OutputMode;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover interchange}: holds a run on a head node for a process elsewhere. */
@Command(
    name = "interchange",
    sortOptions = false,
    description = {
      "Hold a run on this machine, its head node, for a process elsewhere that submits to it.",
      "",
      "It has the run's blocks, its journal and its reports, goes on while its submitter is away, and "
          + "ends when it is told to, or when nobody has asked for it for executor.abandon-after. Started "
          + "again in the same directory, it takes up what is in it. A run on a remote head node starts it.",
      "",
      "Once it can be reached it prints one line of JSON: host, pid, and the two ports on loopback, of which "
          + "keys/submission in the run directory tells too.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover interchange ~/drover-runs/my-run                        with the site that is kept there",
      "  setsid drover interchange my-run --site polaris >my-run.out &"
    })
public final class InterchangeCommand implements Callable<Integer> {
  private static final int LONGEST_REASON = 300;

  private final Console console;

  @Parameters(
      arity = "1",
      paramLabel = "RUN-DIR",
      description = "The run's directory here; made when it is missing.")
  private Path directory;

  @Mixin private ChosenSite site = new ChosenSite();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      order = 20,
      description = "Where tasks start that name no directory (default: the current one).")
  private Path workingDirectory = Path.of("");

  @Option(
      names = "--packed",
      order = 21,
      description = "Keep what tasks write in two files a worker, not two a task.")
  private boolean packed;

  public InterchangeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (RunDirectory run = RunDirectory.openOrCreate(directory)) {
      Site chosen = site(run);
      Logging.toFile(run.log());
      String runId = run.path().getFileName().toString();
      if (run.header().isEmpty()) {
        run.writeHeader(header(chosen, runId));
      }
      if (!Files.exists(run.siteProperties())) {
        Files.writeString(run.siteProperties(), chosen.describe());
      }
      try (InterchangeHost host =
          InterchangeHost.start(
              run,
              chosen,
              workingDirectory.toAbsolutePath().normalize(),
              packed ? OutputMode.PACKED : OutputMode.FILES,
              runId)) {
        console.out().println(ready(run, host));
        if (console.out().checkError()) {
          throw StopException.infrastructure(
              "where this interchange is reached cannot be written to stdout\n  fix: make room on the disk of the file that it goes to",
              null);
        }
        host.awaitEnd();
      }
      return ExitCode.DONE.status();
    } catch (InvalidSiteException | IllegalArgumentException e) {
      throw StopException.usage(e.getMessage());
    } catch (RunDirectoryException e) {
      throw switch (e.kind()) {
        case NO_SPACE, OTHER -> StopException.infrastructure(e.getMessage(), e);
        case IN_USE, NOT_WRITABLE, NOT_A_DIRECTORY, NOT_A_RUN, MISSING ->
            StopException.usage(e.getMessage());
      };
    } catch (IOException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERRUPTED.status();
    }
  }

  /** As the run directory keeps it: what its user set elsewhere is in it already. */
  private Site site(RunDirectory run) {
    String name =
        site.name()
            .orElse(Files.exists(run.siteProperties()) ? run.siteProperties().toString() : "local");
    List<String> settings = new ArrayList<>();
    site.settings().forEach((key, value) -> settings.add(key + "=" + value));
    return new SiteReader(System.getenv()).read(name, List.of(), settings);
  }

  private static RunHeader header(Site site, String runId) {
    String version = InterchangeCommand.class.getPackage().getImplementationVersion();
    return RunHeader.ofThisProcess(
        runId,
        runId,
        Instant.now(),
        List.of(),
        version == null ? "unknown" : version,
        site.name(),
        Map.of());
  }

  private static String ready(RunDirectory run, InterchangeHost host) {
    return JsonText.object(
        json -> {
          json.writeStringField("host", host(run));
          json.writeNumberField("pid", ProcessHandle.current().pid());
          json.writeNumberField("port", host.port());
          json.writeNumberField("data_port", host.dataPort());
          // With these the run is asked for later, by ask.sh.
          json.writeStringField("java", ProcessHandle.current().info().command().orElse(""));
          json.writeStringField("jar", System.getProperty("java.class.path"));
          Optional<RunEnded> before = host.earlierEnd();
          if (before.isPresent()) {
            json.writeStringField("before", EndingText.how(before.get().how()));
            json.writeStringField(
                "before_reason", Figures.shortened(before.get().reason(), LONGEST_REASON));
          }
        });
  }

  private static String host(RunDirectory run) throws IOException {
    return run.holder().orElseThrow().host(); // this process holds it
  }
}
