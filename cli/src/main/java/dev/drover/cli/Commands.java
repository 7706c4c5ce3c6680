package dev.drover.cli;

import dev.drover.cli.bundle.BundleCommand;
import dev.drover.cli.console.Console;
import dev.drover.cli.doctor.DoctorCommand;
import dev.drover.cli.inspect.ExplainCommand;
import dev.drover.cli.inspect.FetchCommand;
import dev.drover.cli.inspect.LogsCommand;
import dev.drover.cli.inspect.RunDirectories;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.remote.InterchangeCommand;
import dev.drover.cli.render.RenderCommand;
import dev.drover.cli.render.TemplatesCommand;
import dev.drover.cli.run.CancelCommand;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.ResumeCommand;
import dev.drover.cli.run.RunCommand;
import dev.drover.cli.runs.RunsCommand;
import dev.drover.cli.sites.SitesCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands by name, each built only when it is asked for: reading one command's annotations
 * takes longer than starting the JVM's main method.
 */
final class Commands {
  /** One line of the list, and how to build the command. */
  record Entry(String name, String summary, Supplier<Object> command) {}

  private Commands() {}

  /**
   * The commands that work in this build, in the order of the help.
   *
   * @param tail the words after {@code --}; empty = there was no {@code --}
   * @param whole the command with all of these built
   */
  static List<Entry> of(
      Services services,
      Console console,
      Optional<List<String>> tail,
      Supplier<CommandLine> whole) {
    List<Entry> entries = new ArrayList<>();
    if (services.engine().isPresent()) {
      Engine engine = services.engine().get();
      entries.add(
          new Entry(
              "run",
              "Run tasks and wait until all have ended.",
              () -> new RunCommand(engine, console, tail)));
      entries.add(
          new Entry(
              "resume",
              "Go on with a run that stopped.",
              () -> new ResumeCommand(engine, console, RunDirectories.ROOT)));
    }
    entries.add(
        new Entry(
            "runs",
            "List the runs that there are, here or on a head node.",
            () -> new RunsCommand(console, RunDirectories.ROOT)));
    if (services.runs().isPresent()) {
      Runs runs = services.runs().get();
      entries.add(
          new Entry(
              "explain",
              "Say what a task waits for, or how it ended.",
              () -> new ExplainCommand(runs, console, RunDirectories.ROOT)));
      entries.add(
          new Entry(
              "logs",
              "Print what the tasks of a run wrote.",
              () -> new LogsCommand(runs, console, RunDirectories.ROOT)));
    }
    if (services.engine().isPresent() && services.runs().isPresent()) {
      Engine engine = services.engine().get();
      Runs runs = services.runs().get();
      entries.add(
          new Entry(
              "cancel",
              "Cancel a run, or some of the tasks of a live one.",
              () -> new CancelCommand(engine, runs, console, RunDirectories.ROOT)));
    }
    entries.add(
        new Entry(
            "fetch",
            "Copy files of a run on a head node to this machine.",
            () -> new FetchCommand(console, RunDirectories.ROOT)));
    entries.add(
        new Entry(
            "render",
            "Print the job script of a block, or ask the scheduler about it.",
            () -> new RenderCommand(console, RunDirectories.ROOT)));
    entries.add(
        new Entry(
            "templates",
            "List, show and compare the templates of job scripts.",
            () -> TemplatesCommand.spec(console)));
    entries.add(
        new Entry(
            "sites",
            "List, show, check and compare sites, and their keys.",
            () -> SitesCommand.spec(console)));
    entries.add(
        new Entry(
            "doctor",
            "Try the path to a site's nodes, or show what it gives to workers on this one.",
            () -> new DoctorCommand(console, services.engine())));
    entries.add(
        new Entry(
            "interchange",
            "Hold a run on this machine for a process elsewhere (it starts this).",
            () -> new InterchangeCommand(console)));
    entries.add(
        new Entry(
            "bundle",
            "Pack Drover and a Java runtime for machines without Java.",
            () -> new BundleCommand(console)));
    entries.add(
        new Entry(
            "completion",
            "Print what makes a shell complete the words of drover.",
            () -> new CompletionCommand(console, whole)));
    // Listed only: Main starts it without coming here.
    entries.add(
        new Entry("worker-pool", "Run tasks on this node (blocks start it).", CommandSpec::create));
    return List.copyOf(entries);
  }
}
