package dev.drover.cli.run;

import dev.drover.cli.console.ExitCode;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * Turns signals into an orderly stop: Ctrl-C (SIGINT), SIGTERM and SIGHUP once end the run in
 * order, a second Ctrl-C ends the process at once. The handlers run on a thread of the JVM's.
 */
final class Signals {
  private Signals() {}

  /** Hands the stop reason of each signal to {@code stop} from now on. */
  static void install(Consumer<StopReason> stop) {
    boolean[] asked = new boolean[1];
    Signal.handle(
        new Signal("INT"),
        signal -> {
          if (asked[0]) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.status());
          }
          asked[0] = true;
          stop.accept(StopReason.INTERRUPTED);
        });
    Signal.handle(new Signal("TERM"), signal -> stop.accept(StopReason.TERMINATED));
    Signal.handle(new Signal("HUP"), signal -> stop.accept(StopReason.TERMINATED));
  }
}
