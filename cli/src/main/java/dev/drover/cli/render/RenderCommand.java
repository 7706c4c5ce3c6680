package dev.drover.cli.render;

import dev.drover.block.BlockId;
import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.ExecutorEngine;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.journal.RunDirectory;
import dev.drover.site.PortRange;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover render}: prints a block's job script, or asks the scheduler about it. */
@Command(
    name = "render",
    sortOptions = false,
    description = {
      "Print the job script of a block, byte for byte as drover run would submit it.",
      "",
      "Nothing is submitted and nothing is written. What only a run itself decides is named in notes on "
          + "stderr: its port and the time in its directory's name, unless executor.port and --run-dir "
          + "settle them, and what many tasks change.",
      "",
      "With --test the scheduler is asked whether it would take the job, and its words are printed: "
          + "nothing stays in its queue. The script that it sees names a directory of its own, beside "
          + "where the run directory would lie.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 the script, or with --test the scheduler would take it; 2 usage or configuration; "
          + "3 with --test: the scheduler refuses it or cannot be asked.",
      "",
      "Examples:",
      "  drover render --site mysite.properties",
      "  drover render --site mysite.properties --set provider.queue=debug --test",
      "  drover render --site mysite.properties --template mysite.sh.ftl | bash -n"
    })
public final class RenderCommand implements Callable<Integer> {
  private final Console console;
  private final Path root;
  private final SchedulerQuestion.Schedulers schedulers;

  @Mixin private final SiteOptions options;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      order = 13,
      description =
          "The run's directory (default: drover-runs/<utc time>-<name>). One that holds a run also "
              + "names the site.")
  private Path runDirectory;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      order = 14,
      description = "Name of the run (default: run).")
  private String name = "run";

  @Option(
      names = "--block",
      paramLabel = "N",
      order = 15,
      description = "Which block of the run, counted from 1 (default: 1).")
  private int block = 1;

  @Option(
      names = "--test",
      order = 16,
      description = "Ask the scheduler whether it would take the job.")
  private boolean test;

  @Option(names = "--json", order = 17, description = "The same as one JSON object.")
  private boolean json;

  /**
   * A command that reads its options from picocli.
   *
   * @param root where runs are kept
   */
  public RenderCommand(Console console, Path root) {
    this(console, root, SchedulerQuestion.Schedulers.SHIPPED);
  }

  RenderCommand(Console console, Path root, SchedulerQuestion.Schedulers schedulers) {
    this.console = console;
    this.root = root;
    this.schedulers = schedulers;
    this.options = new SiteOptions(SiteChoice.here(console.err()));
  }

  @Override
  public Integer call() {
    if (block < 1) {
      throw StopException.usage("--block " + block + ": blocks are counted from 1");
    }
    Site site = options.forRun(Optional.ofNullable(runDirectory));
    RunDirectory run =
        runDirectory == null
            ? RunDirectory.planned(root, name, Instant.now())
            : RunDirectory.planned(runDirectory);
    Rendering rendering = Rendering.of(site, run, BlockId.of(block));
    return (test ? test(site, run, rendering) : print(site, rendering)).status();
  }

  private ExitCode print(Site site, Rendering rendering) {
    List<String> notes = new ArrayList<>(knownLater(site));
    notes.addAll(idle(rendering));
    if (json) {
      console
          .out()
          .println(
              JsonText.object(
                  out -> {
                    out.writeStringField("command", "render");
                    out.writeStringField("site", site.name());
                    out.writeStringField("provider", rendering.provider().name());
                    out.writeStringField("job_name", rendering.job().name());
                    out.writeStringField("path", rendering.job().script().toString());
                    out.writeStringField("script", rendering.script());
                    out.writeArrayFieldStart("notes");
                    for (String note : notes) {
                      out.writeString(note);
                    }
                    out.writeEndArray();
                  }));
    } else {
      console.out().print(rendering.script());
      notes.forEach(this::note);
    }
    return ExitCode.DONE;
  }

  /** Where a run's script will differ from this one. */
  private List<String> knownLater(Site site) {
    List<String> notes = new ArrayList<>();
    if (runDirectory == null) {
      notes.add(
          "the run directory is named after the time when the run starts; here it is now's"
              + " (--run-dir settles it)");
    }
    if (site.get(SiteKeys.EXECUTOR_PORT) == 0) {
      PortRange range = site.get(SiteKeys.EXECUTOR_PORT_RANGE);
      notes.add(
          "the port is chosen when the run starts, a free one of %s; %d stands for it (--set executor.port=N settles it)"
              .formatted(range, range.first()));
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "a run of more than %,d tasks has --output=packed in place of --output=files",
            ExecutorEngine.PLAIN_FILES));
    return notes;
  }

  private static List<String> idle(Rendering rendering) {
    return rendering.idleSkips().stream()
        .map(
            entry ->
                "directives.skip: '"
                    + entry
                    + "' leaves out nothing: the script has no such directive")
        .toList();
  }

  private ExitCode test(Site site, RunDirectory run, Rendering rendering) {
    SchedulerQuestion.Answer answer = ask(site, run);
    boolean takes = answer.standing() == SchedulerQuestion.Standing.TAKES;
    String scheduler = rendering.provider().name();
    String words =
        takes && answer.words().isEmpty() ? scheduler + " would take the job" : answer.words();
    List<String> notes = idle(rendering);
    if (json) {
      console
          .out()
          .println(
              JsonText.object(
                  out -> {
                    out.writeStringField("command", "render");
                    out.writeStringField("site", site.name());
                    out.writeStringField("provider", scheduler);
                    out.writeStringField("answer", answer.standing().word());
                    out.writeStringField("words", words);
                    out.writeArrayFieldStart("notes");
                    for (String note : notes) {
                      out.writeString(note);
                    }
                    out.writeEndArray();
                  }));
    } else if (takes) {
      console.out().println(words);
    } else {
      console.err().println("drover: " + words);
    }
    if (!json) {
      notes.forEach(this::note);
    }
    return takes ? ExitCode.DONE : ExitCode.INFRASTRUCTURE;
  }

  /** Behind SSH, this machine's directories mean nothing: there it is one in the user's home. */
  private SchedulerQuestion.Answer ask(Site site, RunDirectory run) {
    boolean elsewhere = site.get(SiteKeys.HEADNODE_URL).isPresent() && runDirectory == null;
    Path parent = elsewhere ? Path.of("drover-runs") : run.path().getParent();
    try (HeadNode headNode = SiteHeadNode.of(site, new ConsolePrompt())) {
      return new SchedulerQuestion(site, parent, BlockId.of(block), schedulers, headNode).ask();
    }
  }

  private void note(String text) {
    console.err().println("drover: note: " + text);
  }
}
