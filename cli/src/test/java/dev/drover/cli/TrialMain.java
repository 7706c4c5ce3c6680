package dev.drover.cli;

import dev.drover.cli.console.Console;
import dev.drover.cli.run.LocalEngine;
import java.util.Optional;

/** The command on the engine of the tests: to look at what it prints as a user would. */
public final class TrialMain {
  private TrialMain() {}

  public static void main(String[] args) {
    Services services = new Services(Optional.of(new LocalEngine()), Optional.empty());
    System.exit(new Main(services, Console.ofProcess()).run(args));
  }
}
