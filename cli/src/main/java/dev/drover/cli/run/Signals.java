package dev.drover.cli.run;

import dev.drover.cli.console.ExitCode;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Turns signals into an orderly stop: Ctrl-C (SIGINT), SIGTERM and SIGHUP once end the run in
 * order, a second Ctrl-C ends the process at once, and managers and blocks are still told to end.
 * The handlers run on threads of the JVM's.
 *
 * <p>{@code sun.misc.Signal} is supported ({@code jdk.unsupported}) but every mention of it is a
 * compiler warning that cannot be silenced, so it is called by name.
 */
public final class Signals {
  /** A launcher that passes signals on makes two of one Ctrl-C; no finger is that fast. */
  private static final long SAME_KEY_NANOS = 200_000_000;

  private Signals() {}

  /**
   * Hands the stop reason of each signal to {@code stop} from now on.
   *
   * @param abandon what is still done at the second Ctrl-C, within seconds
   */
  public static void install(Consumer<StopReason> stop, Runnable abandon) {
    AtomicLong askedNanos = new AtomicLong();
    handle(
        "INT",
        () -> {
          long now = System.nanoTime();
          long first = askedNanos.compareAndExchange(0, now);
          if (first != 0) {
            if (now - first < SAME_KEY_NANOS) {
              return;
            }
            try {
              abandon.run();
            } finally {
              Runtime.getRuntime().halt(ExitCode.INTERRUPTED.status());
            }
          }
          stop.accept(StopReason.INTERRUPTED);
        });
    handle("TERM", () -> stop.accept(StopReason.TERMINATED));
    handle("HUP", () -> stop.accept(StopReason.TERMINATED));
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM cannot handle SIG" + name, e);
    }
  }
}
