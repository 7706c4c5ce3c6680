package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.SubmittedTasks;
import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(360)
class KeptSubmissionsTest {
  private static final int BYTES = 600;

  @TempDir Path home;

  private static SubmittedTasks function(long id, int bytes) {
    byte[] function = new byte[bytes];
    java.util.Arrays.fill(function, (byte) id);
    TaskWork work = new TaskWork.Java(Payload.of(function), ClasspathId.NONE, Isolation.PROCESS);
    return new SubmittedTasks(id, 1, -1, TaskSpec.of(work), 0, 0, 3);
  }

  private static SubmittedTasks array(long firstId, int count) {
    return new SubmittedTasks(firstId, count, 0, function(firstId, BYTES).spec(), 0, 0, 3);
  }

  private static LongPredicate allBut(long... open) {
    return id -> LongStream.of(open).noneMatch(other -> other == id);
  }

  private Path file() {
    return home.resolve("functions");
  }

  private KeptSubmissions open(LongPredicate isFinished) throws IOException {
    return KeptSubmissions.open(file(), isFinished);
  }

  private void keep(SubmittedTasks... tasks) throws IOException {
    try (KeptSubmissions kept = open(id -> true)) {
      kept.keep(List.of(tasks));
    }
  }

  @Test
  void functionsOfOpenTasks_areFound_andOfEndedOnesForgotten() throws Exception {
    keep(function(1, BYTES), function(2, BYTES), function(3, BYTES), function(4, BYTES));
    try (KeptSubmissions kept = open(allBut(2, 4))) {
      assertThat(kept.spec(1)).isEmpty();
      assertThat(kept.spec(2)).contains(function(2, BYTES).spec());
      assertThat(kept.spec(3)).isEmpty();
      assertThat(kept.spec(4)).contains(function(4, BYTES).spec());
    }
  }

  @Test
  void anArray_isKept_asLongAsOneOfItsTasksIsOpen() throws Exception {
    keep(array(1, 10), array(11, 10));
    try (KeptSubmissions kept = open(allBut(10))) {
      assertThat(kept.spec(10)).contains(array(1, 10).spec());
      assertThat(kept.spec(11)).isEmpty();
    }
  }

  @Test
  void aFileOfWhichMostHasEnded_isWrittenAnew_andWhatIsSubmittedThenIsAddedToIt() throws Exception {
    keep(function(1, BYTES), function(2, BYTES), function(3, BYTES));
    long before = Files.size(file());
    Files.writeString(home.resolve("functions.new"), "left by a process that was killed");
    try (KeptSubmissions kept = open(allBut(2))) {
      assertThat(Files.size(file())).isLessThan(before / 2);
      kept.keep(List.of(function(4, BYTES)));
    }
    assertThat(home)
        .isDirectoryContaining("glob:**functions")
        .isDirectoryNotContaining("glob:**new");
    assertThat(Files.getPosixFilePermissions(file())).hasSize(2);
    try (KeptSubmissions kept = open(id -> false)) {
      assertThat(kept.spec(1)).isEmpty();
      assertThat(kept.spec(2)).contains(function(2, BYTES).spec());
      assertThat(kept.spec(3)).isEmpty();
      assertThat(kept.spec(4)).contains(function(4, BYTES).spec());
    }
  }

  @Test
  void aFileThatCannotBeWrittenAnew_staysAsItIs() throws Exception {
    keep(function(1, BYTES), function(2, BYTES), function(3, BYTES));
    long before = Files.size(file());
    Files.createDirectories(home.resolve("functions.new/full"));
    try (KeptSubmissions kept = open(allBut(2))) {
      assertThat(kept.spec(2)).isPresent();
      kept.keep(List.of(function(4, BYTES)));
    }
    assertThat(Files.size(file())).isGreaterThan(before);
  }

  /** The interchange on a head node has 512 MiB, and a run may submit millions. */
  @Test
  void aHundredThousandFunctionsThatHaveEnded_areReadWithLittleMemory() throws Exception {
    Path out = home.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                file().toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(out).content().contains("600 bytes, 500 of them open");
  }

  /** Submits functions, and takes the run up when all but a few of them have ended. */
  static final class SmallHeap {
    private static final int COUNT = 100_000;

    private SmallHeap() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      try (KeptSubmissions kept = KeptSubmissions.open(file, id -> true)) {
        for (long first = 1; first <= COUNT; first += 100) {
          kept.keep(
              LongStream.range(first, first + 100).mapToObj(id -> function(id, BYTES)).toList());
        }
      }
      try (KeptSubmissions kept = KeptSubmissions.open(file, id -> id % 200 != 0)) {
        long open =
            LongStream.rangeClosed(1, COUNT).filter(id -> kept.spec(id).isPresent()).count();
        System.out.println(BYTES + " bytes, " + open + " of them open");
      }
    }
  }
}
