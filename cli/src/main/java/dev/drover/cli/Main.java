package dev.drover.cli;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.manager.WorkerPoolMain;
import dev.drover.spelling.NearestName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the {@code drover} command starts. */
public final class Main {
  private static final int WIDTH = 100;

  /** What the JVM makes of bytes that the locale has no characters for: what was meant is lost. */
  private static final char UNREADABLE = '\uFFFD';

  private final Services services;
  private final Console console;

  Main(Services services, Console console) {
    this.services = services;
    this.console = console;
  }

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    // Scripts, journals and messages have the same digits and points in every user's language.
    Locale.setDefault(Locale.ROOT);
    // Thousands of nodes start the worker pool, so nothing else is loaded before it.
    if (args.length > 0 && args[0].equals("worker-pool")) {
      WorkerPoolMain.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    Console console = Console.ofProcess();
    int status = new Main(Services.ofThisBuild(console), console).run(args);
    System.out.flush();
    System.exit(status);
  }

  /** Runs one command; gives its exit code. */
  int run(String... args) {
    for (String arg : args) {
      if (arg.indexOf(UNREADABLE) >= 0) {
        console.err().println("drover: '" + arg + "' has characters that this locale cannot tell");
        console
            .err()
            .println(
                "  fix: set LC_ALL=C.UTF-8, or put them into a task file, which is UTF-8 everywhere");
        return ExitCode.USAGE.status();
      }
    }
    int dashes = args.length > 0 && args[0].equals("run") ? Arrays.asList(args).indexOf("--") : -1;
    Optional<List<String>> tail =
        dashes < 0
            ? Optional.empty()
            : Optional.of(List.of(Arrays.copyOfRange(args, dashes + 1, args.length)));
    String[] head = dashes < 0 ? args : Arrays.copyOf(args, dashes);
    String asked = head.length == 0 ? "" : head[0];
    return commandLine(asked::equals, tail).execute(head);
  }

  /**
   * @param isBuilt which commands are built, and not only listed
   */
  private CommandLine commandLine(Predicate<String> isBuilt, Optional<List<String>> tail) {
    CommandLine root = new CommandLine(rootSpec());
    for (Commands.Entry entry :
        Commands.of(services, console, tail, () -> commandLine(name -> true, Optional.empty()))) {
      if (isBuilt.test(entry.name())) {
        CommandLine command = new CommandLine(entry.command().get());
        command.getCommandSpec().addOption(helpOption());
        command.getSubcommands().values().forEach(c -> c.getCommandSpec().addOption(helpOption()));
        root.addSubcommand(entry.name(), command);
      } else {
        CommandSpec listed = CommandSpec.create();
        listed.usageMessage().description(entry.summary());
        root.addSubcommand(entry.name(), listed);
      }
    }
    root.setOut(new PrintWriter(console.out(), true));
    root.setErr(new PrintWriter(console.err(), true));
    root.setUsageHelpWidth(WIDTH);
    root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setOverwrittenOptionsAllowed(false);
    root.setAbbreviatedOptionsAllowed(false);
    root.setExecutionStrategy(this::execute);
    root.setParameterExceptionHandler((problem, args) -> usage(problem));
    root.setExecutionExceptionHandler((problem, failed, result) -> failed(problem));
    return root;
  }

  private static CommandSpec rootSpec() {
    CommandSpec spec = CommandSpec.create().name("drover");
    spec.usageMessage()
        .customSynopsis("drover COMMAND [OPTIONS] …")
        .description(
            "Runs ensembles of commands, MPI programs and Java functions on batch-scheduled machines.",
            "")
        .commandListHeading("%nCommands:%n")
        .footer(
            "",
            "drover COMMAND --help tells more. Exit codes: 0 all tasks done, 1 some failed, 2 usage or",
            "configuration, 3 infrastructure, 4 cancelled, 130 interrupted.",
            "",
            "Examples:",
            "  drover run examples/wordcount.jsonl",
            "  drover run -- 'echo {}; sleep 1' ::: a b c");
    spec.addOption(helpOption());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print the version.")
            .build());
    spec.versionProvider(() -> new String[] {"drover " + version()});
    return spec;
  }

  private static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .order(99)
        .description("Print this help.")
        .build();
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  private int execute(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    if (!parsed.hasSubcommand()) {
      parsed.commandSpec().commandLine().usage(console.err());
      return ExitCode.USAGE.status();
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int usage(ParameterException problem) {
    CommandLine line = problem.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    console.err().println(name + ": " + text(problem, line));
    console.err().println("  " + name + " --help tells what there is");
    return ExitCode.USAGE.status();
  }

  private static String text(ParameterException problem, CommandLine line) {
    if (problem instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().get(0);
      boolean option = word.startsWith("-");
      List<String> known = new ArrayList<>();
      if (option) {
        line.getCommandSpec().options().forEach(each -> known.add(each.longestName()));
      } else {
        known.addAll(line.getSubcommands().keySet());
      }
      String bare = option && word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      String what =
          option
              ? "unknown option "
              : line.getSubcommands().isEmpty() ? "unexpected " : "no command ";
      return what
          + "'"
          + bare
          + "'"
          + NearestName.among(bare, known).map(near -> "; did you mean '" + near + "'?").orElse("");
    }
    return problem.getMessage();
  }

  private int failed(Exception problem) {
    if (problem instanceof StopException stop) {
      console.err().println("drover: " + stop.getMessage());
      return stop.exitCode().status();
    }
    StringWriter trace = new StringWriter();
    problem.printStackTrace(new PrintWriter(trace, true));
    console.err().println("drover: unexpected: " + problem);
    console.err().println("  this is a defect; please report it with these lines:");
    console.err().println(trace);
    return ExitCode.INFRASTRUCTURE.status();
  }
}
