package dev.drover.remote;

import dev.drover.protocol.EndedTask;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.SubmitterCodec;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the reports of a run on disk until its submitter has them, results of functions included:
 * the folder {@code reports} of the run directory. Reports are numbered from 1 in the order in
 * which they were kept, over all processes of the run. Any thread may {@link #keep}; a thread of
 * its own, {@code drover-reports}, writes what has gathered in one go; one other thread reads.
 *
 * <p>What the submitter has had is removed, file by file of 8 MiB, a minute after it said so: by
 * then its own journal is on its disk, and the journal here on this one, so that neither needs it
 * after a loss of power. One that goes on with the run and has lost more, as when its run directory
 * was put back from a copy, gets the ends of commands from the journal here ({@link
 * SubmissionService#recall}); results of functions, which no journal holds, are gone with the
 * process that had them. Who has lost the whole run directory cannot go on: a new run under the
 * same name is turned away, since the tasks here are not its own ({@link LinkState}).
 */
public final class ReportSpool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReportSpool.class);
  private static final int BATCH_BYTES = 192 * 1024;
  private static final int MOST_EXAMINED = 20_000;
  private static final long FORCE_MILLIS = 1_000;
  private static final long FULL_BYTES = 8 << 20;
  private static final Duration REMOVED_AFTER = Duration.ofMinutes(1);
  private static final Kept END = new Kept(null, null);

  private record Kept(EndedTask ended, Runnable then) {}

  /**
   * Reports that follow each other.
   *
   * @param upTo number of the last; those that were passed over count too
   * @param bytes that they have on disk
   */
  record Batch(long upTo, List<EndedTask> ended, long bytes) {}

  private final ReportFiles files;
  private final Consumer<IOException> onFailure;
  private final LinkedBlockingQueue<Kept> queue = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "drover-reports");
  private final SubmitterCodec codec = new SubmitterCodec();

  /** Up to this one an earlier process kept them: ends that were not final say nothing any more. */
  private final long before;

  private volatile long written;
  private volatile LongConsumer listener = number -> {};

  // Of the reading thread.
  private final ReportFiles.Reader reader;
  private final TreeMap<Long, Long> wanted = new TreeMap<>();
  private long wantedUpTo;

  private ReportSpool(
      Path folder,
      long fullBytes,
      LongPredicate isKnown,
      Consumer<EndedTask> unknown,
      Consumer<IOException> onFailure)
      throws IOException {
    this.onFailure = onFailure;
    this.files =
        ReportFiles.open(
            folder,
            fullBytes,
            (offset, record) -> {
              boolean isFinal = record.key() > 0;
              if (isFinal && !isKnown.test(record.key())) {
                unknown.accept(decode(record));
              }
            });
    this.reader = files.reader();
    this.before = files.count();
    this.written = before;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens the folder, made when it is missing.
   *
   * @param isKnown whether the journal knows that the task of this id has ended
   * @param unknown is given each final report that the journal does not know: the process was
   *     killed before it wrote that
   * @param onFailure told when it can no longer be written; nothing is kept afterwards
   */
  public static ReportSpool open(
      Path folder,
      LongPredicate isKnown,
      Consumer<EndedTask> unknown,
      Consumer<IOException> onFailure)
      throws IOException {
    return open(folder, FULL_BYTES, isKnown, unknown, onFailure);
  }

  static ReportSpool open(
      Path folder,
      long fullBytes,
      LongPredicate isKnown,
      Consumer<EndedTask> unknown,
      Consumer<IOException> onFailure)
      throws IOException {
    return new ReportSpool(folder, fullBytes, isKnown, unknown, onFailure);
  }

  private static EndedTask decode(RecordFile.Record record) throws IOException {
    try {
      return SubmitterCodec.decodeEnded(record.frames());
    } catch (ProtocolException e) {
      throw new IOException("a report that was kept cannot be read: " + e.getMessage(), e);
    }
  }

  /** Is told, on the spool's thread, how many reports are kept, whenever that has changed. */
  void listener(LongConsumer counts) {
    listener = counts;
  }

  /** Number of the last report that is kept. */
  long written() {
    return written;
  }

  /**
   * Keeps a report.
   *
   * @param then run on the spool's thread when it is on disk; never, when it cannot be
   */
  public void keep(EndedTask ended, Runnable then) {
    queue.add(new Kept(ended, then));
  }

  private void run() {
    List<Kept> batch = new ArrayList<>();
    boolean unforced = false;
    boolean more = true;
    try {
      while (more) {
        Kept first = unforced ? queue.poll(FORCE_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
        if (first == null) {
          files.force();
          unforced = false;
        } else {
          more = append(first, batch);
          files.flush();
          written = files.count();
          batch.forEach(ReportSpool::tell);
          batch.clear();
          listener.accept(written);
          unforced = true;
        }
      }
      files.force();
    } catch (IOException e) {
      onFailure.accept(e);
    } catch (InterruptedException e) {
      onFailure.accept(new IOException("the thread of the reports was interrupted", e));
    } catch (RuntimeException | Error e) { // such as no memory for a large result
      onFailure.accept(new IOException("the thread of the reports broke: " + e, e));
    }
  }

  /** Appends it and what else has gathered; false = the end was among it. */
  private boolean append(Kept first, List<Kept> batch) {
    Kept next = first;
    do {
      if (next == END) {
        return false;
      }
      batch.add(next);
      long id = next.ended().outcome().id().value();
      files.append(next.ended().isFinal() ? id : -id, codec.encode(next.ended()));
    } while (files.unwrittenBytes() < BATCH_BYTES && (next = queue.poll()) != null);
    return true;
  }

  private static void tell(Kept kept) {
    try {
      kept.then().run();
    } catch (RuntimeException e) {
      log.error("who was told that a report is kept threw", e);
    }
  }

  /** From now on, of the reports up to {@code upTo}, only those of these tasks are wanted. */
  void want(List<IdRange> tasks, long upTo) {
    wanted.clear();
    tasks.forEach(range -> wanted.put(range.first(), range.last()));
    wantedUpTo = upTo;
  }

  /**
   * The reports behind that number, up to about so many bytes; at least one, where there is one.
   */
  Batch read(long from, long mostBytes) throws IOException {
    reader.seek(from);
    long start = reader.bytes();
    List<EndedTask> ended = new ArrayList<>();
    long limit = Math.min(written, Math.max(from, reader.at()) + MOST_EXAMINED);
    while (reader.at() < limit && reader.bytes() - start < mostBytes) {
      RecordFile.Record record = reader.next();
      if (record == null) {
        throw new IOException("report " + (reader.at() + 1) + " cannot be read");
      }
      if (isWanted(record.key())) {
        ended.add(decode(record));
      }
    }
    return new Batch(reader.at(), ended, reader.bytes() - start);
  }

  private boolean isWanted(long key) {
    if (reader.at() <= before && key < 0) {
      return false;
    }
    if (reader.at() > wantedUpTo) {
      return true;
    }
    Map.Entry<Long, Long> range = wanted.floorEntry(Math.abs(key));
    return range != null && Math.abs(key) <= range.getValue();
  }

  /**
   * The submitter has had the reports up to this one. Called by the reading thread, again and
   * again: what is old enough goes.
   *
   * @param nowNanos of a monotonic clock
   */
  void had(long number, long nowNanos) throws IOException {
    files.remove(number, nowNanos, REMOVED_AFTER);
  }

  /** Whether reports are gone that a submitter had. Any thread may ask. */
  public boolean isTrimmed() {
    return files.isTrimmed();
  }

  /** Ids of the tasks whose final reports are kept. Any thread may ask; reads all of them. */
  public BitSet kept() throws IOException {
    while (true) {
      BitSet ids = new BitSet();
      try (ReportFiles.Reader all = files.reader()) {
        long last = written;
        all.seek(0);
        RecordFile.Record record;
        while (all.at() < last && (record = all.next()) != null) {
          if (record.key() > 0) {
            ids.set(Math.toIntExact(record.key()));
          }
        }
        return ids;
      } catch (NoSuchFileException e) {
        log.debug("{} was removed meanwhile", e.getFile());
      }
    }
  }

  /** Writes what is left and closes. Returns when that is done. */
  @Override
  public void close() throws IOException {
    queue.add(END);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    reader.close();
    files.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
