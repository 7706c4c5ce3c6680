package dev.drover.cli.tasks;

import dev.drover.site.KeyType;
import java.time.Duration;

/**
 * Reads times and sizes as users write them: as in a site file, always with a unit. What is wrong
 * comes as {@code problem; mend}.
 */
public final class Quantities {
  private Quantities() {}

  /**
   * Reads {@code 90s}, {@code 1h30m}, {@code 500ms}, {@code HH:MM:SS} or {@code D-HH:MM:SS}.
   *
   * @throws IllegalArgumentException whose message is {@code problem; mend}
   */
  public static Duration time(String text) {
    return read(KeyType.DURATION, text, "write 90s, 1h30m or HH:MM:SS");
  }

  /**
   * Reads {@code 4GiB}, {@code 512MiB}, {@code 1.5TB}.
   *
   * @return bytes
   * @throws IllegalArgumentException whose message is {@code problem; mend}
   */
  public static long bytes(String text) {
    return read(KeyType.BYTES, text.strip(), "write 4GiB or 512MiB");
  }

  private static <T> T read(KeyType<T> type, String text, String mend) {
    try {
      return type.parse(text);
    } catch (IllegalArgumentException e) {
      String problem = e.getMessage();
      throw new IllegalArgumentException(
          problem.contains("; ") ? problem : problem + "; " + mend, e);
    }
  }
}
