package dev.drover.process;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * What is left of a task that has ended, killed look by look: a process that forks meanwhile is met
 * again. One that is there still after a second hangs in the kernel: it dies when the kernel lets
 * it, and the task's outcome does not wait for it.
 */
final class Leftovers {
  private static final long PATIENCE_NANOS = 1_000_000_000;
  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  /** Time, which tests move. */
  interface Clock {
    /** As {@link System#nanoTime}. */
    long nanoTime();

    void pause(long nanos);
  }

  static final Clock REAL =
      new Clock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  private Leftovers() {}

  /**
   * Kills what each look sees, until one sees nothing; after something was killed, until two in a
   * row do: a process within its {@code exec} shows no environment for a moment.
   *
   * @param byForce whether something was ended by force already
   * @return how many were killed
   */
  static int kill(Supplier<List<ProcessTree.Member>> look, boolean byForce, Clock clock) {
    Set<ProcessTree.Member> killed = new HashSet<>();
    long endNanos = clock.nanoTime() + PATIENCE_NANOS;
    long pause = FIRST_PAUSE_NANOS;
    boolean again = byForce;
    List<ProcessTree.Member> left = look.get();
    while (again || !left.isEmpty()) {
      left.stream().filter(member -> member.signal(LibC.SIGKILL)).forEach(killed::add);
      again = !left.isEmpty();
      long rest = endNanos - clock.nanoTime();
      if (rest <= 0) {
        break;
      }
      clock.pause(Math.min(pause, rest));
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      left = look.get();
    }
    return killed.size();
  }
}
