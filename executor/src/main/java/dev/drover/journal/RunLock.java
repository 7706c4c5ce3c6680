package dev.drover.journal;

import dev.drover.journal.RunDirectoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run out of a run directory: a lock of the operating system on the file {@code
 * lock}, which also says who holds it. Any thread may use it.
 *
 * <p>Some parallel file systems know no locks, or only ones that other hosts do not see. So what
 * the file says counts as well: a holder on this host must be alive to count; one on another host
 * counts until it let go, for nobody can see from here whether it lives.
 */
final class RunLock implements AutoCloseable {
  /** Asks the operating system for the lock; null = another process has it. */
  interface Locker {
    FileLock tryLock(FileChannel channel) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(RunLock.class);

  /**
   * The locks of this process. Closing any channel of a file drops the process's lock on it, so a
   * held file is never opened again.
   */
  private static final Map<Path, LockHolder> HELD = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of {@code directory}.
   *
   * @throws RunDirectoryException of kind IN_USE, naming the holder
   */
  static RunLock take(Path directory) throws IOException {
    return take(directory, FileChannel::tryLock);
  }

  static RunLock take(Path directory, Locker locker) throws IOException {
    Path file = directory.toRealPath().resolve("lock");
    LockHolder self = LockHolder.self();
    LockHolder here = HELD.putIfAbsent(file, self);
    if (here != null) {
      throw inUse(directory, here);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      lock(directory, channel, locker);
      byte[] json = self.toJson();
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(json), 0);
      return new RunLock(file, channel);
    } catch (IOException | RuntimeException | Error e) {
      try {
        if (channel != null) {
          channel.close();
        }
      } finally {
        HELD.remove(file);
      }
      throw e;
    }
  }

  private static void lock(Path directory, FileChannel channel, Locker locker) throws IOException {
    Optional<LockHolder> holder;
    boolean locked;
    try {
      boolean free = locker.tryLock(channel) != null;
      holder = holder(channel);
      if (!free) {
        throw inUse(directory, holder.orElse(null));
      }
      locked = true;
    } catch (RunDirectoryException e) {
      throw e;
    } catch (IOException e) {
      log.debug("no file locks in {}: {}", directory, e.getMessage());
      holder = holder(channel);
      locked = false;
    }
    if (holder.isEmpty()) {
      return;
    }
    // Once the system gave the lock, a holder on this host is gone, whoever has its pid now.
    boolean stale = holder.get().isOnThisHost() && (locked || !holder.get().isAlive());
    if (!stale) {
      throw inUse(directory, holder.get());
    }
    log.info("taking over run directory {} from {}, which is gone", directory, holder.get());
  }

  /** Who holds the lock of {@code directory}, by what its file says; empty = nobody who lives. */
  static Optional<LockHolder> holder(Path directory) throws IOException {
    Path file = directory.toRealPath().resolve("lock");
    LockHolder here = HELD.get(file);
    if (here != null) {
      return Optional.of(here);
    }
    if (!file.toFile().isFile()) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return holder(channel).filter(holder -> !holder.isOnThisHost() || holder.isAlive());
    }
  }

  private static Optional<LockHolder> holder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    channel.read(buffer, 0);
    return LockHolder.fromJson(Arrays.copyOf(buffer.array(), buffer.position()));
  }

  private static RunDirectoryException inUse(Path directory, LockHolder holder) {
    String who = holder == null ? "another process" : holder.toString();
    String fix =
        holder == null || holder.isOnThisHost()
            ? "wait for that run, cancel it, or start a new one"
            : "wait for that run or cancel it; if it is gone (look on %s), delete the file %s"
                .formatted(holder.host(), directory.resolve("lock"));
    return new RunDirectoryException(
        Kind.IN_USE, "the run directory is in use by " + who, directory.toString(), fix, null);
  }

  /** Lets go; the file stays, empty. Any thread may call, as often as it likes. */
  @Override
  public synchronized void close() throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    try {
      channel.truncate(0);
    } finally {
      channel.close();
      HELD.remove(file);
    }
  }
}
