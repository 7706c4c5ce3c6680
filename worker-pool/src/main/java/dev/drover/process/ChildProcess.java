package dev.drover.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A started command: the leader of its own session and process group.
 *
 * <p>One thread awaits it, normally the one that started it; any thread may signal it. Its pid
 * stays taken until the end of {@link #await}, and no signal is sent after that.
 */
public final class ChildProcess {
  private final int pid;
  private final Object waiting = new Object();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition leftoversReleased = lock.newCondition();
  private volatile Exit exit;
  private boolean leftoversSpared;
  private long leftoversSparedUntil;

  ChildProcess(int pid) {
    this.pid = pid;
  }

  /** The process id, which is also its process group's and its session's. */
  public long pid() {
    return pid;
  }

  /**
   * Whether {@link #await} has collected the end; the pid may belong to a stranger from then on.
   */
  public boolean isReaped() {
    return exit != null;
  }

  /** Blocks until the child has ended; what is left of its process group lives on. */
  public void awaitEnd() {
    synchronized (waiting) {
      if (exit == null) {
        learnOfEnd();
      }
    }
  }

  /**
   * Blocks until the child has ended, kills what is left of its process group, and tells how it
   * ended.
   *
   * <p>Not interruptible: to make it return, signal the group. A second call gives the same answer
   * at once.
   */
  public Exit await() {
    synchronized (waiting) {
      if (exit == null) {
        learnOfEnd();
        reap();
      }
      return exit;
    }
  }

  /**
   * Sends a signal to every process of the group.
   *
   * @return false when nothing was sent, because the child has been reaped
   */
  public boolean signalGroup(int signal) {
    lock.lock();
    try {
      return exit == null && LibC.kill(-pid, signal) == 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets the rest of the group live on when its leader ends, so that all of it gets the same time
   * to clean up: {@link #await} then kills it no sooner than this {@link System#nanoTime}, or at
   * {@link #releaseLeftovers}.
   */
  void spareLeftoversUntil(long nanoTime) {
    lock.lock();
    try {
      leftoversSpared = true;
      leftoversSparedUntil = nanoTime;
    } finally {
      lock.unlock();
    }
  }

  void releaseLeftovers() {
    lock.lock();
    try {
      leftoversSpared = false;
      leftoversReleased.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Learns of the end without reaping, so that the pid stays ours until the lock is held. */
  private void learnOfEnd() {
    Scratch scratch = Scratch.ofThread();
    int options = LibC.WEXITED | LibC.WNOWAIT;
    while (LibC.waitid(LibC.P_PID, pid, scratch.at(Scratch.SIGNAL_INFO), options) != 0) {
      requireInterrupted("wait for");
    }
  }

  private void reap() {
    Scratch scratch = Scratch.ofThread();
    lock.lock();
    try {
      awaitLeftovers();
      LibC.kill(-pid, LibC.SIGKILL);
      while (LibC.wait4(pid, scratch.at(Scratch.STATUS), 0, scratch.at(Scratch.RUSAGE)) < 0) {
        requireInterrupted("reap");
      }
      exit =
          Exit.of(
              scratch.intAt(Scratch.STATUS),
              time(scratch, Scratch.RUSAGE),
              time(scratch, Scratch.RUSAGE + 16),
              PeakMemory.own(scratch.longAt(Scratch.RUSAGE + 32) * 1024));
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. An interrupt is kept for the caller and does not shorten the grace. */
  private void awaitLeftovers() {
    boolean interrupted = false;
    long left = leftoversSparedUntil - System.nanoTime();
    while (leftoversSpared && left > 0) {
      try {
        left = leftoversReleased.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
        left = leftoversSparedUntil - System.nanoTime();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireInterrupted(String what) {
    int errno = LibC.errno();
    if (errno != LibC.EINTR) {
      throw new IllegalStateException(
          "cannot " + what + " child " + pid + ": " + Errno.describe(errno));
    }
  }

  private static Duration time(Scratch scratch, int at) {
    long micros = scratch.longAt(at + 8);
    return Duration.ofSeconds(scratch.longAt(at), TimeUnit.MICROSECONDS.toNanos(micros));
  }
}
