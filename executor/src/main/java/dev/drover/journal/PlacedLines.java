package dev.drover.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads single lines of a journal by where they begin. Keeps the blocks of the file that were read
 * last, as tasks that follow each other mostly end near each other. Used by one thread.
 */
final class PlacedLines {
  /** Some lines: little is read in vain when tasks ended in quite another order. */
  private static final int BLOCK_BYTES = 2 * 1024;

  private static final int BLOCKS = 1024;

  private final Path file;
  private final FileChannel channel;
  private final JournalDecoder decoder = new JournalDecoder();
  private final ByteBuffer[] blocks = new ByteBuffer[BLOCKS];
  private final long[] numbers = new long[BLOCKS];
  private byte[] line = new byte[1024];

  PlacedLines(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * The entry whose line begins at {@code offset}.
   *
   * @throws JournalException the line is broken, or no longer there
   */
  JournalEntry read(long offset) throws IOException {
    int length = 0;
    for (long at = offset; ; ) {
      ByteBuffer block = block(at / BLOCK_BYTES);
      int from = (int) (at % BLOCK_BYTES);
      int end = from;
      while (end < block.limit() && block.get(end) != '\n') {
        end++;
      }
      int part = Math.max(0, end - from);
      if (line.length - length < part) {
        line = Arrays.copyOf(line, Math.max(length + part, line.length * 2));
      }
      block.get(from, line, length, part);
      length += part;
      at += part;
      if (end < block.limit()) {
        return decode(offset, length);
      }
      if (end < BLOCK_BYTES) {
        throw broken(offset, new IOException("the file ends before it"));
      }
    }
  }

  private JournalEntry decode(long offset, int length) throws JournalException {
    try {
      return decoder
          .decode(line, 0, length)
          .orElseThrow(() -> new IOException("its type is not known"));
    } catch (IOException e) {
      throw broken(offset, e);
    }
  }

  private ByteBuffer block(long number) throws IOException {
    int slot = (int) (number % BLOCKS);
    ByteBuffer block = blocks[slot];
    if (block == null) {
      block = ByteBuffer.allocate(BLOCK_BYTES);
      blocks[slot] = block;
    } else if (numbers[slot] == number) {
      return block;
    }
    numbers[slot] = -1;
    block.clear();
    long start = number * BLOCK_BYTES;
    while (block.hasRemaining()) {
      if (channel.read(block, start + block.position()) < 0) {
        break;
      }
    }
    block.flip();
    numbers[slot] = number;
    return block;
  }

  private JournalException broken(long offset, IOException cause) {
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new JournalException(
        "the line at byte %d of the journal is broken: %s".formatted(offset, why),
        file.toString(),
        "keep a copy, delete that line and resume; a task whose end it told runs again, and tasks"
            + " that it accepted are gone",
        cause);
  }
}
