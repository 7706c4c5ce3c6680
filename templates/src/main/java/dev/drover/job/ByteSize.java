package dev.drover.job;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An exact amount of memory or storage.
 *
 * @param bytes in bytes, zero or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]*)");

  private enum Unit {
    B(1),
    KB(1_000L),
    KIB(1L << 10, "KiB"),
    MB(1_000_000L),
    MIB(1L << 20, "MiB"),
    GB(1_000_000_000L),
    GIB(1L << 30, "GiB"),
    TB(1_000_000_000_000L),
    TIB(1L << 40, "TiB");

    private final long bytes;
    private final String symbol;

    Unit(long bytes) {
      this.bytes = bytes;
      this.symbol = name();
    }

    Unit(long bytes, String symbol) {
      this.bytes = bytes;
      this.symbol = symbol;
    }
  }

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException(
          "a size of " + bytes + " bytes is negative; give zero or more");
    }
  }

  /** The size of {@code count} mebibytes (2<sup>20</sup> bytes each). */
  public static ByteSize ofMebibytes(long count) {
    return new ByteSize(Math.multiplyExact(count, Unit.MIB.bytes));
  }

  /**
   * Reads a number and its unit, such as {@code 512 MiB}, {@code 16GB} or {@code 1.5GiB}: KB, MB,
   * GB, TB are powers of 1000; KiB, MiB, GiB, TiB are powers of 1024; case does not matter.
   *
   * @throws IllegalArgumentException if the unit is missing or unknown, or the size is no whole
   *     number of bytes
   */
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a size; write a number and a unit, such as 512 MiB or 16GB");
    }
    Unit unit = unit(matcher.group(2), matcher.group(1), text);
    try {
      return new ByteSize(
          new BigDecimal(matcher.group(1))
              .multiply(BigDecimal.valueOf(unit.bytes))
              .longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no whole number of bytes below 8 EiB; write it in a smaller unit",
          e);
    }
  }

  private static Unit unit(String symbol, String number, String text) {
    String wanted = symbol.toUpperCase(Locale.ROOT);
    for (Unit unit : Unit.values()) {
      if (unit.name().equals(wanted)) {
        return unit;
      }
    }
    throw new IllegalArgumentException(
        symbol.isEmpty()
            ? "\"" + text + "\" has no unit; write " + number + " MiB or " + number + " GB, say"
            : "\""
                + text
                + "\": the unit \""
                + symbol
                + "\" is none of B, KB, MB, GB, TB (powers of 1000), KiB, MiB,"
                + " GiB, TiB (powers of 1024)");
  }

  /**
   * Whole mebibytes, rounded up, since a scheduler that is asked for less than the need kills the
   * job.
   */
  public long mebibytesRoundedUp() {
    return bytes / Unit.MIB.bytes + (bytes % Unit.MIB.bytes == 0 ? 0 : 1);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The size in the unit that gives the smallest whole number; {@link #parse} reads it back. */
  @Override
  public String toString() {
    Unit shortest = Unit.B;
    for (Unit unit : Unit.values()) {
      if (bytes > 0 && bytes % unit.bytes == 0) {
        shortest = unit;
      }
    }
    return bytes / shortest.bytes + " " + shortest.symbol;
  }
}
