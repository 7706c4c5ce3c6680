package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.task.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class JournalTest {
  @TempDir Path folder;

  private final List<IOException> told = new CopyOnWriteArrayList<>();
  private Path path;

  @BeforeEach
  void setPath() {
    path = folder.resolve("journal.jsonl");
  }

  @Test
  void aCallback_runsOnlyWhenTheEntryIsInTheFile() throws Exception {
    try (Journal journal = open()) {
      for (long id = 1; id <= 20; id++) {
        TaskFinished entry = Entries.usual(id);
        CompletableFuture<Boolean> there = new CompletableFuture<>();
        journal.append(entry, () -> there.complete(endsWith(entry)));
        assertThat(there.get()).isTrue();
      }
    }
  }

  @Test
  void entriesOfOneThread_keepTheirOrder_andAllAreWritten_fromManyThreads() throws Exception {
    int threads = 4;
    int each = 25_000;
    AtomicLong written = new AtomicLong();
    try (Journal journal = open()) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        long first = (long) i * each + 1;
        Thread writer =
            new Thread(
                () -> {
                  for (long id = first; id < first + each; id++) {
                    journal.append(
                        Entries.finished(id, Ending.SUCCEEDED), written::incrementAndGet);
                  }
                });
        writers.add(writer);
        writer.start();
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    assertThat(written).hasValue((long) threads * each);
    long[] last = new long[threads];
    JournalReader.read(
        path,
        entry -> {
          if (entry instanceof TaskFinished done) {
            long id = done.report().id().value();
            int writer = (int) ((id - 1) / each);
            assertThat(id).isGreaterThan(last[writer]);
            last[writer] = id;
          }
        });
    assertThat(RunState.replay(path).state().finished()).isEqualTo((long) threads * each);
  }

  @Test
  void close_writesWhatIsQueued_andLaterEntriesAreRefused() throws IOException {
    Journal journal = open();
    AtomicLong written = new AtomicLong();
    for (long id = 1; id <= 10_000; id++) {
      journal.append(Entries.usual(id), written::incrementAndGet);
    }
    journal.close();
    journal.close();
    assertThat(written).hasValue(10_000);
    assertThat(journal.append(Entries.usual(1), written::incrementAndGet)).isFalse();
    assertThat(written).hasValue(10_000);
    assertThat(journal.failure()).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void anIdleJournal_waitsWithoutATimer_onceAllIsForced() throws Exception {
    try (Journal journal =
        Journal.open(
            path, Entries.started(false), new JournalSettings(Duration.ofMillis(20), told::add))) {
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      journal.append(Entries.usual(1), () -> thread.complete(Thread.currentThread()));
      assertThat(thread.get().getName()).isEqualTo("drover-journal");
      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> thread.get().getState() == Thread.State.WAITING);
    }
  }

  @Test
  void aCallbackThatThrows_orInterrupts_harmsNoOther() throws Exception {
    CountDownLatch later = new CountDownLatch(2);
    try (Journal journal = open()) {
      journal.append(
          Entries.usual(1),
          () -> {
            throw new IllegalStateException("on purpose");
          });
      journal.append(Entries.usual(2), () -> Thread.currentThread().interrupt());
      journal.append(Entries.usual(3), later::countDown);
      await().atMost(60, TimeUnit.SECONDS).until(() -> later.getCount() == 1);
      journal.append(Entries.usual(4), later::countDown);
      assertThat(later.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(journal.failure()).isEmpty();
    }
    assertThat(RunState.replay(path).state().finished()).isEqualTo(4);
  }

  @Test
  void aCallback_mayAppend_andMayClose() throws Exception {
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    Journal journal = open();
    journal.append(
        Entries.usual(1),
        () ->
            journal.append(
                Entries.usual(2),
                () -> {
                  journal.close();
                  second.complete(true);
                }));
    assertThat(second.get()).isTrue();
    journal.close();
    assertThat(RunState.replay(path).state().finished()).isEqualTo(2);
  }

  @Test
  void withoutASyncInterval_everyBatchIsForced() throws Exception {
    try (Journal journal =
        Journal.open(path, Entries.started(false), new JournalSettings(Duration.ZERO, told::add))) {
      CompletableFuture<Boolean> written = new CompletableFuture<>();
      journal.append(Entries.usual(1), () -> written.complete(true));
      assertThat(written.get()).isTrue();
    }
    assertThat(RunState.replay(path).state().finished()).isEqualTo(1);
  }

  @Test
  void anEntryLargerThanTheBuffer_isWritten() throws Exception {
    JournalEntry big = Entries.full("é".repeat(600_000));
    try (Journal journal = open()) {
      journal.append(big);
      journal.append(Entries.usual(1));
    }
    List<JournalEntry> entries = new ArrayList<>();
    JournalReader.read(path, entries::add);
    assertThat(entries).hasSize(3);
    assertThat(entries.get(1).equals(big)).isTrue();
  }

  private boolean endsWith(TaskFinished entry) {
    try {
      return Files.readString(path).endsWith(Entries.text(entry));
    } catch (IOException e) {
      return false;
    }
  }

  private Journal open() throws IOException {
    return Journal.open(path, Entries.started(false), JournalSettings.with(told::add));
  }
}
