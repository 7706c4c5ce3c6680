package dev.drover.cli;

import dev.drover.cli.console.Console;
import dev.drover.cli.doctor.DoctorCommand;
import dev.drover.cli.inspect.CancelCommand;
import dev.drover.cli.inspect.ExplainCommand;
import dev.drover.cli.inspect.LogsCommand;
import dev.drover.cli.inspect.RunDirectories;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.render.RenderCommand;
import dev.drover.cli.render.TemplatesCommand;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.ResumeCommand;
import dev.drover.cli.run.RunCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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
   */
  static List<Entry> of(Services services, Console console, Optional<List<String>> tail) {
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
      entries.add(
          new Entry(
              "cancel",
              "Cancel a live run, or some of its tasks.",
              () -> new CancelCommand(runs, console, RunDirectories.ROOT)));
    }
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
            "doctor",
            "Show which cpus and accelerators a site gives to workers on this node.",
            () -> new DoctorCommand(console)));
    // Listed only: Main starts it without coming here.
    entries.add(
        new Entry("worker-pool", "Run tasks on this node (blocks start it).", CommandSpec::create));
    return List.copyOf(entries);
  }
}
