package dev.drover.cli.tasks;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 lines and knows their numbers. A line ends with LF or CR LF; a byte order mark at the
 * start is skipped. Not thread-safe.
 */
final class LineReader implements Closeable {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream carried = new ByteArrayOutputStream();
  private int position;
  private int limit;
  private long number;
  private boolean wellFormed = true;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its end; null at the end of the input. */
  String next() throws IOException {
    carried.reset();
    boolean any = false;
    while (true) {
      if (position == limit) {
        position = 0;
        limit = in.read(buffer);
        if (limit <= 0) {
          limit = 0;
          return any ? text(carried.toByteArray(), 0, carried.size()) : null;
        }
      }
      any = true;
      int start = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      if (position == limit) {
        carried.write(buffer, start, position - start);
        continue;
      }
      int end = position++;
      if (carried.size() == 0) {
        return text(buffer, start, end - start);
      }
      carried.write(buffer, start, end - start);
      return text(carried.toByteArray(), 0, carried.size());
    }
  }

  /** Number of the line that {@link #next} gave last, from 1. */
  long number() {
    return number;
  }

  /** Whether the line that {@link #next} gave last is valid UTF-8. */
  boolean wellFormed() {
    return wellFormed;
  }

  private String text(byte[] bytes, int offset, int length) {
    int kept = length > 0 && bytes[offset + length - 1] == '\r' ? length - 1 : length;
    String text = new String(bytes, offset, kept, StandardCharsets.UTF_8);
    wellFormed = text.indexOf(REPLACEMENT) < 0 || decodes(bytes, offset, kept);
    number++;
    return number == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private static boolean decodes(byte[] bytes, int offset, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
