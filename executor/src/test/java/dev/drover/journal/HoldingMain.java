package dev.drover.journal;

import java.nio.file.Path;

/** Takes a run directory, says so, and holds it until its stdin ends. */
final class HoldingMain {
  private HoldingMain() {}

  public static void main(String[] arguments) throws Exception {
    try (RunDirectory run = RunDirectory.openOrCreate(Path.of(arguments[0]))) {
      System.out.println("held " + run.path());
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
