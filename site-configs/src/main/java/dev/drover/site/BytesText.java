package dev.drover.site;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a byte size is written: a number and a unit, {@code GiB} = 2^30 bytes, {@code GB} = 10^9. */
final class BytesText {
  static final String SYNTAX = "a size such as 512MiB, 4GiB or 4GB";

  /** As a regular expression that any program knows. */
  static final String SHAPE = "^0$|^\\d+(\\.\\d+)? ?([KMGTP]i|[kKMGTP])?B$";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([A-Za-z]*)");
  private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
  private static final List<String> DECIMAL = List.of("B", "kB", "MB", "GB", "TB", "PB");

  private BytesText() {}

  /** The bytes that {@code text} names: the one place that reads a size. */
  static long parse(String text) {
    if (text.equals("0")) {
      return 0;
    }
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new BadValueException("'" + text + "' is not " + SYNTAX);
    }
    String number = size.group(1);
    if (size.group(2).isEmpty()) {
      throw new BadValueException(
          "'" + text + "' has no unit; write " + number + "MiB or " + number + "GiB");
    }
    BigDecimal bytes = new BigDecimal(number).multiply(unit(size.group(2), number, text));
    try {
      return bytes.longValueExact();
    } catch (ArithmeticException notWholeOrTooLarge) {
      throw new BadValueException("'" + text + "' is no whole number of bytes below 8 EiB");
    }
  }

  /** The largest binary unit that leaves a whole number, such as {@code 256MiB}. */
  static String print(long bytes) {
    int unit = 0;
    long count = bytes;
    while (count != 0 && count % 1024 == 0 && unit + 1 < BINARY.size()) {
      count /= 1024;
      unit++;
    }
    return count + BINARY.get(unit);
  }

  private static BigDecimal unit(String name, String number, String text) {
    int binary = BINARY.indexOf(name);
    if (binary >= 0) {
      return BigDecimal.valueOf(1024).pow(binary);
    }
    int decimal = name.equals("KB") ? 1 : DECIMAL.indexOf(name);
    if (decimal >= 0) {
      return BigDecimal.valueOf(1000).pow(decimal);
    }
    int letter = "kmgtp".indexOf(Character.toLowerCase(name.charAt(0)));
    if (letter >= 0) {
      // 'g', 'gb', 'Gib' mean different sizes to different schedulers: the user must choose.
      throw new BadValueException(
          "'%s' has an unclear unit; write %s%s or %s%s"
              .formatted(text, number, BINARY.get(letter + 1), number, DECIMAL.get(letter + 1)));
    }
    throw new BadValueException("'" + text + "' is not " + SYNTAX);
  }
}
