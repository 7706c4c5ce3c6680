package dev.drover.executor;

import dev.drover.task.TaskWork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

public final class Smoke {
  public static void main(String[] args) throws Exception {
    long t0 = System.nanoTime();
    int n = Integer.parseInt(args[0]);
    try (HighThroughputExecutor ex =
        HighThroughputExecutor.onSite("local")
            .runsIn(Path.of("/tmp/smoke-runs"))
            .set("worker.max-per-node", "2")
            .set("executor.encrypted", args[1])
            .start()) {
      System.out.println("started " + (System.nanoTime() - t0) / 1000000);
      TaskReport r = ex.run(TaskWork.Shell.line("echo hello; hostname")).get();
      System.out.println("first shell " + (System.nanoTime() - t0) / 1000000 + " " + r);
      System.out.println(
          ex.submit(() -> 42).get() + " first java " + (System.nanoTime() - t0) / 1000000);
      for (int round = 0; round < 6; round++) {
        long a = System.nanoTime();
        List<TaskFuture<?>> fs = new ArrayList<>();
        for (int i = 0; i < n; i++) fs.add(ex.call(index -> null));
        for (TaskFuture<?> f : fs) f.get();
        double s = (System.nanoTime() - a) / 1e9;
        System.out.printf("java %d: %.0f/s%n", n, n / s);
      }
      for (int round = 0; round < 4; round++) {
        long a = System.nanoTime();
        CountDownLatch latch = new CountDownLatch(n);
        ex.callArray(index -> null, 0, n, report -> latch.countDown());
        latch.await();
        double s = (System.nanoTime() - a) / 1e9;
        System.out.printf("array %d: %.0f/s%n", n, n / s);
      }
      for (int round = 0; round < 3; round++) {
        long a = System.nanoTime();
        int k = 2000;
        long[] t = new long[k];
        for (int i = 0; i < k; i++) {
          long b = System.nanoTime();
          ex.call(index -> null).get();
          t[i] = System.nanoTime() - b;
        }
        java.util.Arrays.sort(t);
        System.out.printf(
            "one by one: median %.0f us p99 %.0f us%n", t[k / 2] / 1e3, t[k * 99 / 100] / 1e3);
      }
      for (int round = 0; round < 4; round++) {
        long a = System.nanoTime();
        int k = 3000;
        List<TaskFuture<?>> fs = new ArrayList<>();
        for (int i = 0; i < k; i++) fs.add(ex.run(TaskWork.Shell.argv(List.of("/bin/true"))));
        for (TaskFuture<?> f : fs) f.get();
        System.out.printf("shell: %.0f/s%n", k / ((System.nanoTime() - a) / 1e9));
      }
      t0 = System.nanoTime();
    }
    System.out.println("closed in " + (System.nanoTime() - t0) / 1000000);
  }
}
