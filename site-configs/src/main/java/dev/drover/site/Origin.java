package dev.drover.site;

import java.util.Objects;

/**
 * Where a value or a problem stands.
 *
 * @param source the file as the user would name it, {@code default} or {@code --set}
 * @param line the line in that file, from 1; 0 = the source as a whole
 */
public record Origin(String source, int line) {

  /** The registry's own default. */
  public static final Origin DEFAULT = new Origin("default", 0);

  /** A {@code --set key=value} of the command line. */
  public static final Origin SET = new Origin("--set", 0);

  public Origin {
    Objects.requireNonNull(source);
    if (line < 0) {
      throw new IllegalArgumentException("line " + line + " of " + source);
    }
  }

  /** {@code file:line}, or the source alone. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
