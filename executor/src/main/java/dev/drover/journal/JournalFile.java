package dev.drover.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The file under a journal: appends whole lines, and keeps them whole when an append fails. Used by
 * one thread.
 */
final class JournalFile {
  static final int BUFFER_BYTES = 256 * 1024;

  private final FileChannel channel;
  private final Path path;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private long end;

  /**
   * @param end where to append
   */
  JournalFile(FileChannel channel, Path path, long end) throws IOException {
    this.channel = channel;
    this.path = path;
    this.end = end;
    channel.position(end);
  }

  Path path() {
    return path;
  }

  /** Thrown when not all could be written; {@link #lines()} of it is in the file all the same. */
  static final class PartialWriteException extends IOException {
    private static final long serialVersionUID = 1;
    private final int lines;

    PartialWriteException(IOException cause, int lines) {
      super(cause.getMessage(), cause);
      this.lines = lines;
    }

    int lines() {
      return lines;
    }
  }

  /**
   * Appends whole lines.
   *
   * @throws PartialWriteException not all of them fit; what was written of a line is cut off again
   */
  void append(byte[] lines, int length) throws PartialWriteException {
    // A callback may have left an interrupt, which would close the channel for good.
    Thread.interrupted();
    int written = 0;
    try {
      while (written < length) {
        buffer.clear();
        buffer.put(lines, written, Math.min(buffer.capacity(), length - written));
        buffer.flip();
        while (buffer.hasRemaining()) {
          written += channel.write(buffer);
        }
      }
      end += written;
    } catch (IOException e) {
      throw cutOff(lines, written, e);
    }
  }

  private PartialWriteException cutOff(byte[] lines, int written, IOException cause) {
    int whole = 0;
    int count = 0;
    for (int i = 0; i < written; i++) {
      if (lines[i] == '\n') {
        whole = i + 1;
        count++;
      }
    }
    end += whole;
    try {
      channel.truncate(end);
    } catch (IOException e) {
      // The torn line stays; a reader leaves it out and the next run cuts it off.
      cause.addSuppressed(e);
    }
    return new PartialWriteException(cause, count);
  }

  void force() throws IOException {
    Thread.interrupted();
    channel.force(false);
  }

  void close() throws IOException {
    channel.close();
  }
}
