package dev.drover.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of JSON in UTF-8. Used by one thread; reused for every batch.
 *
 * <p>A lone surrogate has no UTF-8 form, so it is written as an escape, which any reader turns back
 * into the same character.
 */
final class JsonBytes {
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] LOWEST = ascii("-9223372036854775808");

  /** Below it each whole double is written with all its digits. */
  private static final double WHOLE = 1e15;

  /** Most bytes of one character: a {@code \}{@code uXXXX} escape. */
  private static final int WIDEST = 6;

  private final byte[] digits = new byte[20];
  private byte[] bytes;
  private int length;

  JsonBytes(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  /** The buffer itself, valid up to {@link #length()} and until the next write. */
  byte[] bytes() {
    return bytes;
  }

  /** Empties the buffer; one that grew beyond {@code keep} bytes is given back. */
  void clear(int keep) {
    length = 0;
    if (bytes.length > keep) {
      bytes = new byte[keep];
    }
  }

  JsonBytes raw(byte[] ascii) {
    ensure(ascii.length);
    System.arraycopy(ascii, 0, bytes, length, ascii.length);
    length += ascii.length;
    return this;
  }

  JsonBytes raw(char ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  JsonBytes number(long value) {
    if (value == Long.MIN_VALUE) {
      return raw(LOWEST);
    }
    ensure(digits.length);
    long rest = value;
    if (rest < 0) {
      bytes[length++] = '-';
      rest = -rest;
    }
    int at = digits.length;
    do {
      long quotient = rest / 10;
      digits[--at] = (byte) ('0' + (rest - quotient * 10));
      rest = quotient;
    } while (rest != 0);
    System.arraycopy(digits, at, bytes, length, digits.length - at);
    length += digits.length - at;
    return this;
  }

  /**
   * Writes a number that may have a fraction; a whole one without a point. Infinity, for which JSON
   * has no word, becomes a number that is too large for a double, which readers take for it.
   */
  JsonBytes decimal(double value) {
    if (value == Math.rint(value) && Math.abs(value) < WHOLE) {
      return number((long) value);
    }
    if (Double.isInfinite(value)) {
      return raw(ascii(value > 0 ? "1e999" : "-1e999"));
    }
    return raw(ascii(Double.toString(value)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes a quoted string, by far most often one of plain ASCII. */
  JsonBytes string(String text) {
    int n = text.length();
    ensure(n + 2);
    byte[] to = bytes;
    int at = length;
    to[at++] = '"';
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        length = at;
        return rest(text, i);
      }
      to[at++] = (byte) c;
    }
    to[at++] = '"';
    length = at;
    return this;
  }

  private JsonBytes rest(String text, int from) {
    int n = text.length();
    for (int i = from; i < n; i++) {
      ensure(WIDEST);
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | c >> 6);
        continuation(c);
      } else if (!Character.isSurrogate(c)) {
        bytes[length++] = (byte) (0xE0 | c >> 12);
        continuation(c >> 6);
        continuation(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < n
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[length++] = (byte) (0xF0 | point >> 18);
        continuation(point >> 12);
        continuation(point >> 6);
        continuation(point);
      } else {
        unicodeEscape(c);
      }
    }
    return raw('"');
  }

  private void ascii(char c) {
    switch (c) {
      case '"', '\\' -> escape(c);
      case '\n' -> escape('n');
      case '\r' -> escape('r');
      case '\t' -> escape('t');
      case '\b' -> escape('b');
      case '\f' -> escape('f');
      default -> {
        if (c < ' ') {
          unicodeEscape(c);
        } else {
          bytes[length++] = (byte) c;
        }
      }
    }
  }

  private void escape(char letter) {
    bytes[length++] = '\\';
    bytes[length++] = (byte) letter;
  }

  private void unicodeEscape(char c) {
    escape('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[c >> shift & 0xF];
    }
  }

  private void continuation(int bits) {
    bytes[length++] = (byte) (0x80 | bits & 0x3F);
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
    }
  }
}
