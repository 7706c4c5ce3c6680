package dev.drover.headnode;

import org.opentest4j.TestAbortedException;

/** Skips what cannot be tested on this machine, so that who reads the build's output sees it. */
public final class SkipAloud {
  private SkipAloud() {}

  /**
   * Skips the test.
   *
   * @param reason what is missing, and what was not tried because of it
   */
  public static void unless(boolean possible, String reason) {
    if (!possible) {
      System.out.println("SKIPPED: " + reason);
      throw new TestAbortedException(reason);
    }
  }
}
