package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterCodec;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps submitted functions on disk, which the journal does not: the file {@code functions} of the
 * run directory. An interchange that takes up a run again finds in it what to call. Used by one
 * thread.
 */
public final class KeptSubmissions implements AutoCloseable {
  private final RecordFile file;
  private final SubmitterCodec codec = new SubmitterCodec();

  /** Of an earlier process: the tasks of functions, by their first ids. */
  private final TreeMap<Long, SubmittedTasks> earlier = new TreeMap<>();

  private KeptSubmissions(Path path) throws IOException {
    file = RecordFile.open(path, (offset, record) -> remember(record));
  }

  public static KeptSubmissions open(Path path) throws IOException {
    return new KeptSubmissions(path);
  }

  private void remember(RecordFile.Record record) throws IOException {
    try {
      FromSubmitter message = SubmitterCodec.decodeFromSubmitter(record.frames());
      if (message instanceof FromSubmitter.Ordered ordered
          && ordered.order() instanceof Order.Submit submit) {
        submit.tasks().forEach(tasks -> earlier.put(tasks.firstId(), tasks));
      }
    } catch (ProtocolException e) {
      throw new IOException("functions that were kept cannot be read: " + e.getMessage(), e);
    }
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
      file.append(
          functions.get(0).firstId(),
          codec.encode(new FromSubmitter.Ordered(1, new Order.Submit(functions))));
      file.flush();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
