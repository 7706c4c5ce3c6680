package dev.drover.executor;

import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** A submitting JVM of its own. Arguments: directory, what to do. */
final class ChildMain {
  private ChildMain() {}

  static Process start(Path home, String what, String... javaOptions) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(javaOptions));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ChildMain.class.getName(),
            home.toString(),
            what));
    return new ProcessBuilder(command)
        .redirectOutput(home.resolve("child.out").toFile())
        .redirectError(home.resolve("child.err").toFile())
        .start();
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    switch (args[1]) {
      case "hold" -> hold(home, false);
      case "exit" -> hold(home, true);
      case "hook" -> closeInAHook(home);
      case "shutdown" -> shutDownAndReturn(home);
      case "million" -> million(home);
      default -> throw new IllegalArgumentException(args[1]);
    }
  }

  /** Runs a task that does not end, beside a function, and waits or exits without a close. */
  private static void hold(Path home, boolean exit) throws Exception {
    HighThroughputExecutor executor = TestRun.start(home, TestRun.QUICK).executor;
    executor.submit(() -> ProcessHandle.current().pid()).get();
    executor.run(
        TaskWork.Shell.line(
            "(setsid sleep 65 &) ; echo > %s/began; trap '' TERM; while true; do sleep 0.1; done"
                .formatted(home)));
    while (!Files.exists(home.resolve("began"))) {
      Thread.sleep(20);
    }
    if (exit) {
      System.exit(5);
    }
    new CountDownLatch(1).await();
  }

  /** As containers do that close what they hold when the JVM ends. */
  private static void closeInAHook(Path home) throws Exception {
    HighThroughputExecutor executor = TestRun.start(home, TestRun.QUICK).executor;
    Runtime.getRuntime().addShutdownHook(new Thread(executor::close));
    executor.run(TaskWork.Shell.line("echo > %s/began; sleep 65".formatted(home)));
    while (!Files.exists(home.resolve("began"))) {
      Thread.sleep(20);
    }
    System.exit(6);
  }

  /** Nothing but the executor's own threads is left when the last task has ended. */
  private static void shutDownAndReturn(Path home) throws Exception {
    HighThroughputExecutor executor = TestRun.start(home, TestRun.QUICK).executor;
    TaskFuture<Integer> last =
        executor.submit(
            () -> {
              Thread.sleep(500); // still out when the executor is shut down
              return 7;
            });
    executor.shutdown();
    System.out.println("last " + last.get());
  }

  /** All of a million, then a million that are cancelled in their midst. */
  private static void million(Path home) throws Exception {
    int count = 1_000_000;
    try (HighThroughputExecutor executor =
        TestRun.start(home, "worker.max-per-node=2", "worker.cores-per-worker=0.5").executor) {
      AtomicLong wrong = new AtomicLong();
      CountDownLatch all = new CountDownLatch(count);
      executor.callArray(
          index -> index,
          0,
          count,
          report -> {
            if (!report.outcome().ending().isSuccess()) {
              wrong.incrementAndGet();
            }
            all.countDown();
          });
      all.await();
      System.out.println("wrong " + wrong);

      AtomicLong succeeded = new AtomicLong();
      CountDownLatch some = new CountDownLatch(50_000);
      CountDownLatch ended = new CountDownLatch(count);
      executor.callArray(
          index -> index,
          0,
          count,
          report -> {
            if (report.outcome().ending().isSuccess()) {
              succeeded.incrementAndGet();
            }
            some.countDown();
            ended.countDown();
          });
      some.await();
      executor.cancelAll("enough");
      ended.await();
      System.out.println("cancelled in the midst " + (succeeded.get() < count));
      System.out.println("afterwards " + executor.submit(() -> 7).get());
    }
  }
}
