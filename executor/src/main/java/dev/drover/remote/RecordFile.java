package dev.drover.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A file of records that are only ever appended: {@code length(4) checksum(4) key(8) frames(4)
 * length(4)… bytes…}, big-endian, the checksum (CRC-32C) and the length over all behind it. What a
 * killed process left torn at the end is cut off when it is opened again. One thread appends;
 * others may read what was written.
 */
final class RecordFile implements AutoCloseable {
  private static final int HEADER = 8;
  private static final int CHUNK = 256 * 1024;
  private static final int LONGEST = Integer.MAX_VALUE - 64;

  /** A key of the owner's, and frames. */
  record Record(long key, List<byte[]> frames) {}

  /** Is told of each record that is there when the file is opened. */
  interface Each {
    void record(long offset, Record record) throws IOException;
  }

  private final Path path;
  private final FileChannel channel;
  private final boolean appends;
  private volatile long end;
  private ByteBuffer unwritten = ByteBuffer.allocate(256 * 1024);

  private RecordFile(Path path, FileChannel channel, boolean appends) {
    this.path = path;
    this.channel = channel;
    this.appends = appends;
  }

  /** Opens the file, made of mode 0600 when it is missing, and reads it to its end. */
  static RecordFile open(Path path, Each each) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      RecordFile file = new RecordFile(path, channel, true);
      file.end = channel.size();
      Reader reader = file.reader(0);
      Record record;
      while ((record = reader.next()) != null) {
        each.record(reader.before(), record);
      }
      file.end = reader.at();
      channel.truncate(file.end);
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens a file only to read it, while another may append to it. */
  static RecordFile toRead(Path path) throws IOException {
    return new RecordFile(path, FileChannel.open(path, StandardOpenOption.READ), false);
  }

  /** Where what may be read ends. */
  private long limit() throws IOException {
    return appends ? end : channel.size();
  }

  /** Where the next record will begin. */
  long end() {
    return end + unwritten.position();
  }

  /** Adds a record to those that {@link #flush} writes. */
  void append(long key, List<byte[]> frames) {
    long bytes = HEADER + 8 + 4 + 4L * frames.size();
    for (byte[] frame : frames) {
      bytes += frame.length;
    }
    if (bytes > LONGEST - unwritten.position()) {
      throw new IllegalArgumentException("a record of " + bytes + " bytes");
    }
    if (bytes > unwritten.remaining()) {
      int wanted =
          (int)
              Math.min(LONGEST, Math.max(unwritten.position() + bytes, 2L * unwritten.capacity()));
      unwritten = ByteBuffer.allocate(wanted).put(unwritten.flip());
    }
    int start = unwritten.position();
    unwritten.position(start + HEADER);
    unwritten.putLong(key).putInt(frames.size());
    frames.forEach(frame -> unwritten.putInt(frame.length));
    frames.forEach(unwritten::put);
    int length = unwritten.position() - start - HEADER;
    CRC32C sum = new CRC32C();
    sum.update(unwritten.array(), start + HEADER, length);
    unwritten.putInt(start, length).putInt(start + 4, (int) sum.getValue());
  }

  /** Bytes that {@link #flush} would write. */
  int unwrittenBytes() {
    return unwritten.position();
  }

  /**
   * Writes what was appended; when that fails, the file is as it was before.
   *
   * @throws IOException naming the file
   */
  void flush() throws IOException {
    unwritten.flip();
    long at = end;
    try {
      while (unwritten.hasRemaining()) {
        at += channel.write(unwritten, at);
      }
      end = at;
    } catch (IOException e) {
      try {
        channel.truncate(end);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw new IOException(path + " cannot be written: " + e.getMessage(), e);
    } finally {
      unwritten.clear();
      if (unwritten.capacity() > 4 << 20) {
        unwritten = ByteBuffer.allocate(256 * 1024);
      }
    }
  }

  void force() throws IOException {
    channel.force(false);
  }

  /** Reads from there on. */
  Reader reader(long offset) {
    return new Reader(offset);
  }

  /** Reads records in their order. Used by one thread. */
  final class Reader {
    private long at;
    private long before;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK).limit(0);

    private Reader(long offset) {
      at = offset;
    }

    /** Where the next record begins. */
    long at() {
      return at;
    }

    /** Where the last one that was read began. */
    long before() {
      return before;
    }

    /** The next record; null = what was written ends here, or is torn from here on. */
    Record next() throws IOException {
      if (!holds(HEADER)) {
        return null;
      }
      int length = chunk.getInt(chunk.position());
      int sum = chunk.getInt(chunk.position() + 4);
      if (length < 12 || length > LONGEST || !holds(HEADER + length)) {
        return null;
      }
      CRC32C actual = new CRC32C();
      actual.update(chunk.array(), chunk.position() + HEADER, length);
      if ((int) actual.getValue() != sum) {
        return null;
      }
      chunk.position(chunk.position() + HEADER);
      Record record = record();
      before = at;
      at += HEADER + length;
      return record;
    }

    private Record record() {
      long key = chunk.getLong();
      int[] lengths = new int[chunk.getInt()];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = chunk.getInt();
      }
      List<byte[]> frames = new ArrayList<>(lengths.length);
      for (int length : lengths) {
        byte[] bytes = new byte[length];
        chunk.get(bytes);
        frames.add(bytes);
      }
      return new Record(key, frames);
    }

    /** Whether so many bytes of what was written are in the chunk, read now if need be. */
    private boolean holds(int bytes) throws IOException {
      if (chunk.remaining() >= bytes) {
        return true;
      }
      long limit = limit();
      if (limit - at < bytes) {
        return false;
      }
      int size = (int) Math.min(limit - at, Math.max(bytes, CHUNK));
      chunk = ByteBuffer.allocate(size);
      while (chunk.hasRemaining()) {
        if (channel.read(chunk, at + chunk.position()) < 0) {
          throw new IOException(path + " has become shorter");
        }
      }
      chunk.flip();
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
