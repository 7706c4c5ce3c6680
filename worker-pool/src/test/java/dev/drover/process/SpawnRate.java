package dev.drover.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures how many commands a second are started and awaited: {@code SpawnRate [threads [spawns
 * per thread [rounds]]]}. Compare with a loop of {@code posix_spawn} and {@code waitpid} in C on
 * the same machine.
 */
public final class SpawnRate {
  private SpawnRate() {}

  /** Prints one line a round. */
  public static void main(String[] args) throws Exception {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    int spawns = args.length > 1 ? Integer.parseInt(args[1]) : 3000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 4;
    ProcessSpawner spawner = new ProcessSpawner();
    Environment base = Environment.ofThisProcess();
    ExecutorService slots = Executors.newFixedThreadPool(threads);
    for (int round = 0; round < rounds; round++) {
      List<Callable<Void>> loops = new ArrayList<>();
      for (int slot = 0; slot < threads; slot++) {
        String name = round + "/" + slot + "/";
        loops.add(
            () -> {
              for (int i = 0; i < spawns; i++) {
                Environment own = base.with(Map.of(ProcessTree.TASK_VARIABLE, name + i));
                spawner.start(SpawnRequest.of(List.of("true"), own, Path.of("/tmp"))).await();
              }
              return null;
            });
      }
      long start = System.nanoTime();
      for (Future<Void> loop : slots.invokeAll(loops)) {
        loop.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("round %d: %.0f spawns/s%n", round, threads * spawns / seconds);
    }
    slots.shutdown();
  }
}
