package dev.drover.journal;

import dev.drover.journal.JournalEntry.RunStarted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of a run's journal. Any thread may append; one thread, {@code drover-journal}, writes
 * what has gathered in one go and then runs the callbacks.
 *
 * <p>An entry whose callback has run survives the death of this process, and {@link
 * JournalSettings#syncInterval} later that of the machine. When the file can no longer be written
 * (a full disk), the journal fails for good: entries that did not get into the file are dropped and
 * their callbacks never run, so that a resumed run does these tasks again.
 */
public final class Journal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);
  private static final String THREAD = "drover-journal";
  private static final Runnable NOTHING = () -> {};

  /** Enough to make a write cheap, little enough that its callbacks do not wait for long. */
  private static final int BATCH_BYTES = 192 * 1024;

  private final JournalFile file;
  private final JournalSettings settings;
  private final Thread thread = new Thread(this::run, THREAD);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // Guarded by the lock.
  private EntryQueue filling = new EntryQueue();
  private boolean idle;
  private boolean closed;
  private volatile IOException failure;
  private volatile int writing;

  // Of the journal's thread.
  private final JsonBytes lines = new JsonBytes(JournalFile.BUFFER_BYTES);
  private final JournalEncoder encoder = new JournalEncoder(lines);
  private EntryQueue draining = new EntryQueue();
  private boolean unsynced;
  private long unsyncedSince;

  private Journal(JournalFile file, JournalSettings settings) {
    this.file = file;
    this.settings = settings;
    thread.setDaemon(true);
  }

  /**
   * Opens {@code path} for appending, creating it when it is missing, cuts off a last line that an
   * earlier process left torn, and writes {@code started}. The caller holds the run directory's
   * lock.
   *
   * @throws JournalException the file is no journal, a newer major version wrote it, or it cannot
   *     be written
   */
  public static Journal open(Path path, RunStarted started, JournalSettings settings)
      throws IOException {
    Objects.requireNonNull(started);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    try {
      JournalFile file = new JournalFile(channel, path, JournalTail.repair(channel, path));
      Journal journal = new Journal(file, settings);
      journal.encoder.encode(started);
      file.append(journal.lines.bytes(), journal.lines.length());
      journal.unsynced = true;
      journal.unsyncedSince = System.nanoTime();
      journal.thread.start();
      return journal;
    } catch (JournalException e) {
      channel.close();
      throw e;
    } catch (IOException e) {
      channel.close();
      throw unwritable(path, e);
    } catch (RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** Is told what became of an entry, on the journal's thread; must not block. */
  public interface Callback extends Runnable {
    /** It is in the file. */
    @Override
    void run();

    /** It is not and will never be: the journal failed, as {@link #failure} tells. */
    void dropped();
  }

  /**
   * Queues an entry and returns at once; any thread may call it. The queue has no bound: {@link
   * #backlog} tells how long it is.
   *
   * @param whenWritten run on the journal's thread once the entry is in the file; must not block. A
   *     {@link Callback} is told as well when it will never be
   * @return false when the journal is closed or has failed: the entry is dropped, {@code
   *     whenWritten} is told nothing
   */
  public boolean append(JournalEntry entry, Runnable whenWritten) {
    Objects.requireNonNull(entry);
    Objects.requireNonNull(whenWritten);
    lock.lock();
    try {
      if (closed || failure != null) {
        return false;
      }
      filling.add(entry, whenWritten);
      if (idle) {
        idle = false;
        work.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Queues an entry that nobody waits for. */
  public boolean append(JournalEntry entry) {
    return append(entry, NOTHING);
  }

  /** Why the journal can no longer be written; empty = it is well. */
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Entries appended and not yet in the file. */
  public long backlog() {
    lock.lock();
    try {
      return (long) filling.size() + writing;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes what is queued, runs its callbacks, forces all to the disk and closes the file. Returns
   * when that is done, except on the journal's own thread; {@link #failure} tells whether it was.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The journal's thread: waits for work, writes it, until closed or failed. */
  private void run() {
    try {
      boolean more = true;
      while (more) {
        more = takeWork();
        writeDraining();
        if (unsynced && (!more || nanosToSync() <= 0)) {
          sync();
        }
      }
      file.close();
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new IOException("a bug in Drover's journal: " + e, e));
    }
  }

  /**
   * Takes the queue, or waits: for entries, for the time to sync what is unsynced, for the end.
   *
   * @return false when the journal was closed and this is the last of the queue
   */
  private boolean takeWork() {
    lock.lock();
    try {
      while (filling.size() == 0 && !closed) {
        long nanos = unsynced ? nanosToSync() : Long.MAX_VALUE;
        if (nanos <= 0) {
          return true;
        }
        idle = true;
        try {
          if (unsynced) {
            work.awaitNanos(nanos);
          } else {
            work.await();
          }
        } catch (InterruptedException e) {
          // Left by a callback; the journal ends by close() alone.
        }
      }
      idle = false;
      EntryQueue taken = filling;
      filling = draining;
      draining = taken;
      writing = taken.size();
      return !closed || taken.size() > 0;
    } finally {
      lock.unlock();
    }
  }

  private void writeDraining() throws IOException {
    int size = draining.size();
    int from = 0;
    while (from < size) {
      lines.clear(JournalFile.BUFFER_BYTES);
      int to = from;
      while (to < size && lines.length() < BATCH_BYTES) {
        encoder.encode(draining.entry(to++));
      }
      try {
        file.append(lines.bytes(), lines.length());
      } catch (JournalFile.PartialWriteException e) {
        runCallbacks(from, from + e.lines());
        throw e;
      }
      written();
      runCallbacks(from, to);
      from = to;
      writing = size - from;
    }
    draining.clear();
  }

  private void written() throws IOException {
    if (!unsynced) {
      unsynced = true;
      unsyncedSince = System.nanoTime();
    }
    if (nanosToSync() <= 0) {
      sync();
    }
  }

  private void runCallbacks(int from, int to) {
    for (int i = from; i < to; i++) {
      try {
        draining.callback(i).run();
      } catch (RuntimeException | Error e) {
        log.error("a callback of the journal threw; the entry is written all the same", e);
      }
      draining.release(i);
    }
  }

  private long nanosToSync() {
    return settings.syncInterval().toNanos() - (System.nanoTime() - unsyncedSince);
  }

  private void sync() throws IOException {
    file.force();
    unsynced = false;
  }

  private void fail(IOException cause) {
    JournalException told = unwritable(file.path(), cause);
    List<Callback> dropped = new ArrayList<>();
    lock.lock();
    try {
      failure = told;
      addCallbacks(draining, dropped);
      addCallbacks(filling, dropped);
      filling.clear();
      writing = 0;
    } finally {
      lock.unlock();
    }
    draining.clear();
    try {
      // What was reported up to here shall survive the machine too, if that can still be had.
      file.force();
    } catch (IOException e) {
      told.addSuppressed(e);
    }
    try {
      file.close();
    } catch (IOException e) {
      told.addSuppressed(e);
    }
    try {
      settings.onFailure().accept(told);
    } catch (RuntimeException e) {
      log.error("who was told that the journal failed threw", e);
    }
    for (Callback callback : dropped) {
      try {
        callback.dropped();
      } catch (RuntimeException e) {
        log.error("a callback of the journal threw when its entry was dropped", e);
      }
    }
  }

  private static void addCallbacks(EntryQueue queue, List<Callback> to) {
    for (int i = 0; i < queue.size(); i++) {
      if (queue.callback(i) instanceof Callback callback) {
        to.add(callback);
      }
    }
  }

  private static JournalException unwritable(Path path, IOException cause) {
    DiskTrouble trouble = DiskTrouble.of(cause);
    return new JournalException(
        "the journal cannot be written: " + DiskTrouble.words(cause),
        path.toString(),
        trouble.mend() + "; then resume the run: tasks whose end is not journaled run again",
        cause);
  }
}
