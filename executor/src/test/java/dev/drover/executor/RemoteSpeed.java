package dev.drover.executor;

import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * How much slower functions and commands are by way of an interchange in another process. Run by
 * hand: it prints tasks a second, of the same executor with both.
 */
final class RemoteSpeed {
  private static final int COUNT = 50_000;

  private RemoteSpeed() {}

  public static void main(String[] args) throws Exception {
    for (int round = 0; round < 2; round++) {
      Path home = Files.createTempDirectory("drover-speed");
      try (HighThroughputExecutor here =
          TestRun.start(home, "worker.max-per-node=2", "worker.cores-per-worker=0.5").executor) {
        measure("here", here);
      }
      Path home2 = Files.createTempDirectory("drover-speed");
      try (HighThroughputExecutor there =
          ExecutorBuilder.on(TestRun.builder().site())
              .interchange(new RemoteHost(home2))
              .runsIn(home2.resolve("here"))
              .start()) {
        measure("there", there);
      }
    }
    System.exit(0);
  }

  private static void measure(String where, HighThroughputExecutor executor) throws Exception {
    executor.submit(() -> 1).get();
    executor.submit(() -> 1).get();
    CountDownLatch functions = new CountDownLatch(COUNT);
    long start = System.nanoTime();
    executor.callArray(index -> index, 0, COUNT, report -> functions.countDown());
    functions.await();
    print(where, "functions", COUNT, start);
    start = System.nanoTime();
    CountDownLatch singles = new CountDownLatch(COUNT / 2);
    for (int i = 0; i < COUNT / 2; i++) {
      executor.submit(() -> 1).whenComplete((value, problem) -> singles.countDown());
    }
    singles.await();
    print(where, "functions one by one", COUNT / 2, start);
    start = System.nanoTime();
    CountDownLatch commands = new CountDownLatch(2_000);
    for (int i = 0; i < 2_000; i++) {
      executor
          .run(TaskWork.Shell.argv(java.util.List.of("/bin/true")))
          .whenComplete((value, problem) -> commands.countDown());
    }
    commands.await();
    print(where, "commands", 2_000, start);
  }

  private static void print(String where, String what, int count, long start) {
    System.out.printf(
        "%s: %,d %s a second%n", where, count * 1_000_000_000L / (System.nanoTime() - start), what);
  }
}
