package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.SkipAloud;
import dev.drover.protocol.EndedTask;
import dev.drover.protocol.IdRange;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportSpoolTest {
  private static final long FULL_BYTES = 1 << 20;

  @TempDir Path home;
  private final List<EndedTask> unknown = new ArrayList<>();
  private final List<IOException> failures = new CopyOnWriteArrayList<>();

  private ReportSpool open(long... known) throws IOException {
    unknown.clear();
    return ReportSpool.open(
        home.resolve("reports"),
        FULL_BYTES,
        id -> LongStream.of(known).anyMatch(k -> k == id),
        unknown::add,
        failures::add);
  }

  private static EndedTask ended(long id, boolean isFinal, int resultBytes) {
    byte[] result = new byte[resultBytes];
    java.util.Arrays.fill(result, (byte) id);
    return new EndedTask(
        new TaskOutcome(
            new TaskId(id),
            1,
            isFinal ? Ending.SUCCEEDED : Ending.CANCELLED,
            0,
            0,
            "",
            Payload.of(result),
            1,
            2,
            3,
            4,
            0,
            OutputRange.NOTHING,
            OutputRange.NOTHING,
            ""),
        isFinal,
        "host",
        "m1",
        "b-0001",
        0);
  }

  private static void keep(ReportSpool spool, EndedTask... reports) {
    AtomicInteger kept = new AtomicInteger();
    for (EndedTask report : reports) {
      spool.keep(report, kept::incrementAndGet);
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> kept.get() == reports.length);
  }

  private static List<Long> ids(ReportSpool.Batch batch) {
    return batch.ended().stream().map(e -> e.outcome().id().value()).toList();
  }

  @Test
  void reportsAreReadFromAnyNumberOn_withTheirResults_alsoByTheNextProcess() throws Exception {
    EndedTask large = ended(3, true, 300_000);
    try (ReportSpool spool = open()) {
      keep(spool, ended(1, true, 0), ended(2, true, 10), large);
      assertThat(ids(spool.read(0, 1 << 20))).containsExactly(1L, 2L, 3L);
      assertThat(spool.read(2, 1).ended()).containsExactly(large);
      assertThat(spool.read(1, 1).upTo()).isEqualTo(2);
    }
    try (ReportSpool spool = open(1, 2, 3)) {
      assertThat(spool.written()).isEqualTo(3);
      assertThat(unknown).isEmpty();
      assertThat(spool.read(2, 1).ended()).containsExactly(large);
      keep(spool, ended(4, true, 0));
      assertThat(ids(spool.read(2, 1 << 20))).containsExactly(3L, 4L);
    }
  }

  @Test
  void manyReports_areFoundByTheirNumbers() throws Exception {
    try (ReportSpool spool = open()) {
      EndedTask[] many =
          LongStream.rangeClosed(1, 5_000)
              .mapToObj(id -> ended(id, true, 5))
              .toArray(EndedTask[]::new);
      keep(spool, many);
      for (long from : new long[] {4_999, 0, 1_023, 1_024, 1_025, 3_333}) {
        assertThat(ids(spool.read(from, 1))).containsExactly(from + 1);
      }
      List<Long> all = new ArrayList<>();
      ReportSpool.Batch batch;
      for (long from = 0; from < 5_000; from = batch.upTo()) {
        batch = spool.read(from, 10_000);
        all.addAll(ids(batch));
      }
      assertThat(all).hasSize(5_000).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void whoKnowsNotWhatItHad_getsTheOpenOnes_andAllThatComeLater() throws Exception {
    try (ReportSpool spool = open()) {
      keep(spool, ended(1, true, 0), ended(2, true, 0), ended(3, true, 0), ended(4, true, 0));
      spool.want(List.of(new IdRange(2, 2), new IdRange(4, 9)), spool.written());
      keep(spool, ended(5, true, 0), ended(6, true, 0));
      ReportSpool.Batch batch = spool.read(0, 1 << 20);
      assertThat(ids(batch)).containsExactly(2L, 4L, 5L, 6L);
      assertThat(batch.upTo()).isEqualTo(6);

      spool.want(List.of(), 0);
      assertThat(ids(spool.read(0, 1 << 20))).hasSize(6);
    }
  }

  @Test
  void endsThatWereNotFinal_sayNothingOnceTheirProcessIsGone() throws Exception {
    try (ReportSpool spool = open()) {
      keep(spool, ended(1, false, 0), ended(2, true, 0));
      assertThat(ids(spool.read(0, 1 << 20))).containsExactly(1L, 2L);
    }
    try (ReportSpool spool = open(2)) {
      keep(spool, ended(1, true, 0));
      ReportSpool.Batch batch = spool.read(0, 1 << 20);
      assertThat(ids(batch)).containsExactly(2L, 1L);
      assertThat(batch.upTo()).isEqualTo(3);
    }
  }

  @Test
  void whatTheJournalDoesNotKnow_isHandedOver_andWhatWasTornIsCutOff() throws Exception {
    try (ReportSpool spool = open()) {
      keep(spool, ended(1, true, 7), ended(2, false, 0), ended(3, true, 7));
    }
    Path file = home.resolve("reports/1");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, 40), StandardOpenOption.APPEND);

    try (ReportSpool spool = open(1)) {
      assertThat(unknown).containsExactly(ended(3, true, 7));
      assertThat(spool.written()).isEqualTo(3);
      assertThat(Files.size(file)).isEqualTo(bytes.length);
    }
    bytes[bytes.length - 3] ^= 1; // a bit that fell over
    Files.write(file, bytes);
    try (ReportSpool spool = open(1)) {
      assertThat(spool.written()).isEqualTo(2);
    }
  }

  @Test
  void aFullDisk_isTold_andNothingThatDidNotGetInIsCalledKept() throws Exception {
    Path full = Path.of("/dev/full");
    SkipAloud.unless(Files.exists(full), "there is no /dev/full, so no report was on a full disk");
    Files.createDirectories(home.resolve("reports"));
    Files.createSymbolicLink(home.resolve("reports/1"), full);
    AtomicInteger kept = new AtomicInteger();
    ReportSpool spool = open();
    spool.keep(ended(1, true, 0), kept::incrementAndGet);

    await().atMost(60, TimeUnit.SECONDS).until(() -> !failures.isEmpty());

    assertThat(failures.get(0)).hasMessageContaining("reports/1 cannot be written");
    assertThat(kept).hasValue(0);
    assertThat(spool.written()).isZero();
    spool.close();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("reports"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void had(ReportSpool spool, long number, long second) throws IOException {
    spool.had(number, TimeUnit.SECONDS.toNanos(second));
  }

  @Test
  void reportsThatWereHadAMinuteAgo_areRemovedByWholeFiles_andTheOthersKeepTheirNumbers()
      throws Exception {
    try (ReportSpool spool = open()) {
      for (int id = 1; id <= 10; id++) { // two fill a file
        keep(spool, ended(id, true, 600_000));
      }
      assertThat(files()).containsExactly("1", "11", "3", "5", "7", "9");
      assertThat(ids(spool.read(0, 1 << 20))).containsExactly(1L, 2L);

      had(spool, 7, 0);
      had(spool, 7, 59);
      assertThat(spool.isTrimmed()).isFalse();
      had(spool, 3, 61); // another submitter, which has had less
      assertThat(files()).containsExactly("11", "3", "5", "7", "9");
      had(spool, 7, 90);
      had(spool, 7, 149);
      assertThat(files()).containsExactly("11", "3", "5", "7", "9");
      had(spool, 7, 151);
      assertThat(files()).containsExactly("11", "7", "9");

      assertThat(ids(spool.read(7, 1))).containsExactly(8L);
      ReportSpool.Batch first = spool.read(0, 1 << 20);
      assertThat(ids(first)).containsExactly(7L, 8L);
      assertThat(first.upTo()).isEqualTo(8);
      assertThat(ids(spool.read(8, 1 << 20))).containsExactly(9L, 10L);
    }
    try (ReportSpool spool = open(7, 8, 9)) {
      assertThat(unknown).containsExactly(ended(10, true, 600_000));
      assertThat(spool.written()).isEqualTo(10);
      keep(spool, ended(11, true, 0), ended(12, false, 0));
      assertThat(ids(spool.read(9, 4 << 20))).containsExactly(10L, 11L, 12L);
      assertThat(spool.kept().stream()).containsExactly(7, 8, 9, 10, 11);
      had(spool, 12, 0);
      had(spool, 12, 60);
      assertThat(files()).containsExactly("11");
      assertThat(spool.read(12, 1).ended()).isEmpty();
    }
    try (ReportSpool spool = open(11)) {
      assertThat(spool.written()).isEqualTo(12);
      assertThat(spool.isTrimmed()).isTrue();
      assertThat(ids(spool.read(0, 1 << 20))).containsExactly(11L);
    }
  }
}
