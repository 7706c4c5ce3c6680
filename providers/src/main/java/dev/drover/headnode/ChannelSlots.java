package dev.drover.headnode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * How many channels one connection may have open at once: OpenSSH's MaxSessions, 10 by default, or
 * fewer once the server has refused one. Others wait in line. One idle channel may be kept, and is
 * closed when its slot is wanted. Safe on any thread.
 */
final class ChannelSlots {
  private int limit;
  private int taken;
  private Optional<Runnable> idle = Optional.empty();

  ChannelSlots(int limit) {
    this.limit = limit;
  }

  /**
   * Takes a slot; waits until there is one.
   *
   * @throws IOException if there is none in time, or on an interrupt
   */
  synchronized void take(Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (taken >= limit) {
      if (idle.isPresent()) {
        idle.get().run();
        idle = Optional.empty();
        taken--;
        continue;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new HeadNodeException(
            "all "
                + limit
                + " channels of the SSH connection are busy for "
                + patience.toSeconds()
                + " s, so this was not begun\n  fix:     try again later, or ask for a higher"
                + " MaxSessions there");
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HeadNodeException("interrupted while waiting for a channel", e);
      }
    }
    taken++;
  }

  /** Gives a slot back. */
  synchronized void free() {
    taken--;
    notifyAll();
  }

  /**
   * The server refused a channel, whose slot is free again: it allows no more than the others.
   *
   * @return whether there are others, so that waiting for them helps
   */
  synchronized boolean refused() {
    if (taken > 0) {
      limit = taken;
    }
    return taken > 0;
  }

  /**
   * Keeps a channel with its slot until somebody wants one of them.
   *
   * @param close ends the channel; must not block
   * @return false if there is an idle one already: then it is to be closed and freed
   */
  synchronized boolean keep(Runnable close) {
    if (idle.isPresent()) {
      return false;
    }
    idle = Optional.of(close);
    notifyAll();
    return true;
  }

  /** Whether the idle channel was still there and is the caller's again, with its slot. */
  synchronized boolean takeIdle() {
    boolean there = idle.isPresent();
    idle = Optional.empty();
    return there;
  }

  synchronized int limit() {
    return limit;
  }
}
