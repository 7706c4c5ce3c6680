package dev.drover.journal;

import com.sun.management.ThreadMXBean;
import dev.drover.task.TaskWork;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Prints what the journal sustains: entries a second of the journal's own processor time, bytes
 * allocated for each, the latency of a single entry, and X hand, with the test classpath; an
 * argument names the folder to write in.
 */
final class JournalSpeed {
  private static final int ENTRIES = 1_000_000;
  private static final int ROUNDS = 4;

  private JournalSpeed() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(".");
    Path path = Files.createTempFile(folder, "journal-speed", ".jsonl");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    JournalEntry[] entries = new JournalEntry[1000];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = Entries.usual(i + 1);
    }
    JournalEntry[] singles = new JournalEntry[1000];
    for (int i = 0; i < singles.length; i++) {
      singles[i] =
          Entries.single(
              i + 1, TaskWork.Shell.argv(List.of("./simulate", "--seed", Integer.toString(i))));
    }
    try {
      rounds(path, threads, "single tasks accepted", singles);
      rounds(path, threads, "tasks ended", entries);
      replay(path);
    } finally {
      Files.delete(path);
    }
  }

  private static void rounds(Path path, ThreadMXBean threads, String what, JournalEntry[] entries)
      throws Exception {
    System.out.println(what);
    for (int round = 1; round <= ROUNDS; round++) {
      Files.write(path, new byte[0]);
      try (Journal journal =
          Journal.open(path, Entries.started(false), JournalSettings.with(failure -> {}))) {
        CompletableFuture<Long> id = new CompletableFuture<>();
        journal.append(entries[0], () -> id.complete(Thread.currentThread().getId()));
        long thread = id.get();
        long cpu = threads.getThreadCpuTime(thread);
        long allocated = threads.getThreadAllocatedBytes(thread);
        long begin = System.nanoTime();
        CountDownLatch written = new CountDownLatch(ENTRIES);
        for (int i = 0; i < ENTRIES; i++) {
          journal.append(entries[i % entries.length], written::countDown);
        }
        written.await();
        double wall = (System.nanoTime() - begin) / 1e9;
        double core = (threads.getThreadCpuTime(thread) - cpu) / 1e9;
        System.out.printf(
            "round %d: %,.0f entries/s by the clock, %,.0f per second of the journal's cpu, %d bytes"
                + " allocated per 1000 entries, %d bytes a line%n",
            round,
            ENTRIES / wall,
            ENTRIES / core,
            (threads.getThreadAllocatedBytes(thread) - allocated) * 1000 / ENTRIES,
            Files.size(path) / ENTRIES);
        latency(journal, entries[0]);
      }
    }
  }

  private static void latency(Journal journal, JournalEntry entry) throws Exception {
    long[] nanos = new long[2000];
    for (int i = 0; i < nanos.length; i++) {
      CompletableFuture<Boolean> written = new CompletableFuture<>();
      long begin = System.nanoTime();
      journal.append(entry, () -> written.complete(true));
      written.get();
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "  one at a time: median %d us, 99%% %d us%n",
        nanos[nanos.length / 2] / 1000, nanos[nanos.length * 99 / 100] / 1000);
  }

  private static void replay(Path path) throws Exception {
    try (Journal journal =
        Journal.open(path, Entries.started(true), JournalSettings.with(failure -> {}))) {
      for (int id = 1; id <= ENTRIES; id++) {
        journal.append(Entries.single(id, TaskWork.Shell.argv(List.of("./simulate", "x" + id))));
      }
    }
    for (int round = 1; round <= ROUNDS; round++) {
      long begin = System.nanoTime();
      RunState.Replayed replayed = RunState.replay(path);
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "replay: %,d entries in %.2f s, %,.0f/s%n",
          replayed.summary().entries(), seconds, replayed.summary().entries() / seconds);
      begin = System.nanoTime();
      long[] tasks = new long[1];
      JournalReader.unfinished(path, replayed.state(), part -> tasks[0] += part.count());
      System.out.printf(
          "second pass: %,d unfinished tasks in %.2f s%n",
          tasks[0], (System.nanoTime() - begin) / 1e9);
      begin = System.nanoTime();
      JournalIndex.open(path).close();
      System.out.printf("index: %.2f s%n", (System.nanoTime() - begin) / 1e9);
    }
  }
}
