package dev.drover.worker;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * What a task may change for the whole JVM and the next task shall find as it was: the system
 * properties and the standard streams. Statics of the user's classes and thread locals stay, as in
 * any JVM that is used again.
 *
 * <p>For a worker JVM only: in a manager other tasks run at the same time. Confined to the runner's
 * thread.
 */
final class JvmState {
  private final TrackedProperties properties;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final InputStream in = System.in;

  private JvmState(TrackedProperties properties) {
    this.properties = properties;
  }

  /** Begins to watch: what is now the case is what each task will find. */
  static JvmState watch() {
    TrackedProperties properties = new TrackedProperties(System.getProperties());
    System.setProperties(properties);
    return new JvmState(properties);
  }

  void restore() {
    if (System.getProperties() != properties) {
      System.setProperties(properties);
    }
    properties.restore();
    if (System.out != out) {
      System.setOut(out);
    }
    if (System.err != err) {
      System.setErr(err);
    }
    if (System.in != in) {
      System.setIn(in);
    }
  }
}
