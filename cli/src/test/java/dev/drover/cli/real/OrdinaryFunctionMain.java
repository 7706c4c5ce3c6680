package dev.drover.cli.real;

import dev.drover.executor.HighThroughputExecutor;

/** A program of a user that calls a function in a worker JVM, and prints what it said. */
final class OrdinaryFunctionMain {
  private OrdinaryFunctionMain() {}

  public static void main(String[] args) throws Exception {
    long here = ProcessHandle.current().pid();
    try (HighThroughputExecutor executor =
        HighThroughputExecutor.onSite("local").set("worker.max-per-node", "1").start()) {
      long there = executor.submit(() -> ProcessHandle.current().pid()).get();
      System.out.println(there == here ? "it ran here" : "a worker's process said so");
    }
  }
}
