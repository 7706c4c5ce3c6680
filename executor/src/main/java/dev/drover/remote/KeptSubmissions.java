package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterCodec;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps submitted functions on disk, which the journal does not: the file {@code functions} of the
 * run directory. An interchange that takes up a run again finds in it what to call; it holds in
 * memory only what has not ended, and writes the file anew when most of it has. Used by one thread.
 */
public final class KeptSubmissions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KeptSubmissions.class);
  private static final int BATCH_BYTES = 192 * 1024;

  private final Path path;
  private final SubmitterCodec codec = new SubmitterCodec();

  /** Of an earlier process: the tasks of functions that have not ended, by their first ids. */
  private final TreeMap<Long, SubmittedTasks> earlier = new TreeMap<>();

  private RecordFile file;

  private KeptSubmissions(Path path, LongPredicate isFinished) throws IOException {
    this.path = path;
    long[] ended = new long[1];
    file =
        RecordFile.open(
            path,
            (offset, record) -> {
              for (SubmittedTasks tasks : decode(record)) {
                if (isOpen(tasks, isFinished)) {
                  earlier.put(tasks.firstId(), tasks);
                } else {
                  ended[0]++;
                }
              }
            });
    if (ended[0] > earlier.size()) {
      trim();
    }
  }

  /**
   * Opens the file, made when it is missing, and reads it record by record.
   *
   * @param isFinished whether the task of this id is known to have ended, also after a loss of
   *     power: its function may be forgotten
   */
  public static KeptSubmissions open(Path path, LongPredicate isFinished) throws IOException {
    return new KeptSubmissions(path, isFinished);
  }

  private static List<SubmittedTasks> decode(RecordFile.Record record) throws IOException {
    try {
      FromSubmitter message = SubmitterCodec.decodeFromSubmitter(record.frames());
      return message instanceof FromSubmitter.Ordered ordered
              && ordered.order() instanceof Order.Submit submit
          ? submit.tasks()
          : List.of();
    } catch (ProtocolException e) {
      throw new IOException("functions that were kept cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isOpen(SubmittedTasks tasks, LongPredicate isFinished) {
    return LongStream.rangeClosed(tasks.firstId(), tasks.lastId())
        .anyMatch(id -> !isFinished.test(id));
  }

  /** Writes the file anew without what has ended; when that fails, as on a full disk, it stays. */
  private void trim() throws IOException {
    Path shorter = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(shorter);
      try (RecordFile anew = RecordFile.open(shorter, (offset, record) -> {})) {
        for (SubmittedTasks tasks : earlier.values()) {
          append(anew, List.of(tasks));
          if (anew.unwrittenBytes() > BATCH_BYTES) {
            anew.flush();
          }
        }
        anew.flush();
        anew.force();
      }
      Files.move(shorter, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.warn("{} keeps the functions of ended tasks: {}", path, e.toString());
      shorter.toFile().delete(); // else the next one does
      return;
    }
    file.close();
    file = RecordFile.open(path, (offset, record) -> {});
  }

  /** What a task is that an earlier process took in, if it is a function. */
  public Optional<TaskSpec> spec(long id) {
    Map.Entry<Long, SubmittedTasks> entry = earlier.floorEntry(id);
    return entry != null && id <= entry.getValue().lastId()
        ? Optional.of(entry.getValue().spec())
        : Optional.empty();
  }

  /** What the earlier process took in is taken up, and not asked for again. */
  public void forgetEarlier() {
    earlier.clear();
  }

  /**
   * Keeps the functions among the tasks; returns when they are in the file.
   *
   * @throws IOException when it cannot be written
   */
  public void keep(List<SubmittedTasks> tasks) throws IOException {
    List<SubmittedTasks> functions =
        tasks.stream().filter(t -> t.spec().work() instanceof TaskWork.Java).toList();
    if (!functions.isEmpty()) {
      append(file, functions);
      file.flush();
    }
  }

  private void append(RecordFile to, List<SubmittedTasks> functions) {
    to.append(
        functions.get(0).firstId(),
        codec.encode(new FromSubmitter.Ordered(1, new Order.Submit(functions))));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
