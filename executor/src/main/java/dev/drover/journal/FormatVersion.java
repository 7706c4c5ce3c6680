package dev.drover.journal;

/**
 * The version of the journal's format. A higher minor adds entry types and keys, which older
 * readers skip; a higher major changes or takes away meaning, so older readers refuse it.
 */
public record FormatVersion(int major, int minor) {
  /** What this program writes; 1.1 added {@code walltime}, 1.2 the reason why a run ended. */
  public static final FormatVersion CURRENT = new FormatVersion(1, 2);

  public FormatVersion {
    if (major < 1 || minor < 0) {
      throw new IllegalArgumentException("no format version: " + major + "." + minor);
    }
  }

  /** Reads {@code major.minor}. */
  public static FormatVersion parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 1) {
      throw new IllegalArgumentException("no format version: " + text);
    }
    return new FormatVersion(
        Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
  }

  /** Whether this program can read a file of this version. */
  public boolean isReadable() {
    return major <= CURRENT.major;
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
