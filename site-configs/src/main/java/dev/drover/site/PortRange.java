package dev.drover.site;

/**
 * The TCP ports from {@code first} to {@code last}, both included, within 1024 to 65535.
 *
 * @param first the lowest port
 * @param last the highest port, at least {@code first}
 */
public record PortRange(int first, int last) {

  public PortRange {
    if (first < 1024 || last > 65535 || first > last) {
      throw new IllegalArgumentException(first + "-" + last + " is no range within 1024-65535");
    }
  }

  /** The range as written in a site file: {@code 54000-55000}. */
  @Override
  public String toString() {
    return first + "-" + last;
  }
}
