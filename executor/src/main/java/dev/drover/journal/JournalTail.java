package dev.drover.journal;

import dev.drover.journal.JournalDecoder.NewerFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Makes an existing journal fit for appending: checks its first line, cuts off a torn last one. */
final class JournalTail {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final FileChannel channel;
  private final Path file;

  private JournalTail(FileChannel channel, Path file) {
    this.channel = channel;
    this.file = file;
  }

  /**
   * Truncates {@code channel} to its last whole line.
   *
   * @return the length that is left; 0 = nothing was whole
   */
  static long repair(FileChannel channel, Path file) throws IOException {
    JournalTail tail = new JournalTail(channel, file);
    long size = channel.size();
    long end = tail.lastLineEnd(size);
    if (end == size && size > 0) {
      long start = tail.lastLineEnd(size - 1);
      if (start > 0 && !tail.isWhole(start, size - 1)) {
        end = start;
      }
    }
    if (end == 0 && size > 0) {
      tail.checkTornFirstLine(size);
    }
    if (end > 0) {
      tail.checkFirstLine(end);
    }
    if (end < size) {
      channel.truncate(end);
    }
    return end;
  }

  /** Position after the last newline before {@code limit}; 0 = there is none. */
  private long lastLineEnd(long limit) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    long from = limit;
    while (from > 0) {
      long start = Math.max(0, from - CHUNK_BYTES);
      fill(chunk, start, (int) (from - start));
      for (int i = chunk.limit() - 1; i >= 0; i--) {
        if (chunk.get(i) == '\n') {
          return start + i + 1;
        }
      }
      from = start;
    }
    return 0;
  }

  private boolean isWhole(long start, long end) throws IOException {
    try {
      decode(start, end);
      return true;
    } catch (NewerFormatException e) {
      throw JournalReader.newer(file, e);
    } catch (IOException e) {
      return false;
    }
  }

  /** A file is emptied only when what it holds is the beginning of a journal, or zeros. */
  private void checkTornFirstLine(long size) throws IOException {
    byte[] begin = JournalEncoder.RUN_STARTED;
    ByteBuffer head = ByteBuffer.allocate(begin.length);
    fill(head, 0, (int) Math.min(size, begin.length));
    for (int i = 0; i < head.limit(); i++) {
      if (head.get(i) != begin[i] && head.get(i) != 0) {
        throw JournalReader.notAJournal(file);
      }
    }
  }

  private void checkFirstLine(long size) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    fill(chunk, 0, (int) Math.min(size, CHUNK_BYTES));
    int end = 0;
    while (end < chunk.limit() && chunk.get(end) != '\n') {
      end++;
    }
    try {
      JournalEntry first = new JournalDecoder().decode(chunk.array(), 0, end).orElse(null);
      if (!(first instanceof JournalEntry.RunStarted)) {
        throw JournalReader.notAJournal(file);
      }
    } catch (NewerFormatException e) {
      throw JournalReader.newer(file, e);
    } catch (JournalException e) {
      throw e;
    } catch (IOException e) {
      throw JournalReader.notAJournal(file);
    }
  }

  private void decode(long start, long end) throws IOException {
    int length = Math.toIntExact(end - start);
    ByteBuffer line = ByteBuffer.allocate(length);
    fill(line, start, length);
    new JournalDecoder().decode(line.array(), 0, length);
  }

  private void fill(ByteBuffer to, long position, int length) throws IOException {
    to.clear().limit(length);
    while (to.hasRemaining()) {
      if (channel.read(to, position + to.position()) < 0) {
        throw new IOException("the file shrank while it was read");
      }
    }
    to.flip();
  }
}
