package dev.drover.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of a task that is asked for from outside: TERM to all of its processes, and KILL to those
 * that are left when the grace is over.
 *
 * <p>Holds no timer and never blocks: its one owner calls {@link #advance} a few times a second;
 * any thread may ask {@link #isGone}. The child's slot thread stays in {@link ChildProcess#await}
 * meanwhile. The group's other processes get the grace too when their leader ends at once, as a
 * shell does.
 */
public final class TreeTermination {
  /** How far it has come. */
  public enum Stage {
    /** TERM was sent, and something of the task still runs. */
    ASKED,
    /** KILL was sent to what was left; it is gone in a moment unless it hangs in the kernel. */
    KILLED,
    /** Nothing of the task runs any more. */
    GONE
  }

  /** What is there still after so many looks, a millisecond apart, hangs in the kernel. */
  private static final int MOST_LOOKS = 1_000;

  private static final long LOOK_NANOS = 1_000_000;

  private final ChildProcess child;
  private final String cookie;
  private final long deadlineNanos;
  private volatile Stage stage = Stage.ASKED;

  private TreeTermination(ChildProcess child, String cookie, long deadlineNanos) {
    this.child = child;
    this.cookie = cookie;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Sends TERM to every process of the task.
   *
   * @param cookie the task's whole environment entry, {@code DROVER_TASK=<pool>/<task>/<attempt>}
   * @param grace from now to KILL; zero: KILL at the first {@link #advance}
   * @param nowNanos {@link System#nanoTime}
   * @param look taken since the child was started, and just now
   */
  public static TreeTermination begin(
      ChildProcess child, String cookie, Duration grace, long nowNanos, ProcessLook look) {
    TreeTermination termination = new TreeTermination(child, cookie, nowNanos + grace.toNanos());
    child.spareLeftoversUntil(termination.deadlineNanos);
    termination.signal(LibC.SIGTERM, look.find(cookie, child));
    return termination;
  }

  /**
   * Kills what is left of a task that has ended, but for its first process, which may have been a
   * function's and live on; a process that forks meanwhile is met again.
   *
   * @param cookie the task's whole environment entry
   * @param pid of the task's first process
   * @param startTicks when that was started ({@link ProcessTree#startTicks}): older processes are
   *     not looked at, which are nearly all of a node; 0 = all are
   * @return how many were killed
   */
  public static int killLeftovers(String cookie, long pid, long startTicks) {
    Set<ProcessTree.Member> killed = new HashSet<>();
    List<ProcessTree.Member> left = leftovers(cookie, pid, startTicks);
    for (int look = 0; look < MOST_LOOKS && !left.isEmpty(); look++) {
      left.stream().filter(member -> member.signal(LibC.SIGKILL)).forEach(killed::add);
      LockSupport.parkNanos(LOOK_NANOS);
      left = leftovers(cookie, pid, startTicks);
    }
    return killed.size();
  }

  private static List<ProcessTree.Member> leftovers(String cookie, long pid, long startTicks) {
    return ProcessTree.findSince(cookie, pid, startTicks).stream()
        .filter(member -> member.pid() != pid)
        .toList();
  }

  /**
   * Finds what is left, and sends KILL to it when the grace is over at {@code nowNanos}.
   *
   * @param look taken just now, and not the one that it was begun with
   */
  public Stage advance(long nowNanos, ProcessLook look) {
    if (stage == Stage.GONE) {
      return stage;
    }
    List<ProcessTree.Member> left = look.find(cookie, child);
    if (left.isEmpty()) {
      stage = Stage.GONE;
      child.releaseLeftovers();
    } else if (nowNanos - deadlineNanos >= 0) {
      signal(LibC.SIGKILL, left);
      stage = Stage.KILLED;
      child.releaseLeftovers();
    }
    return stage;
  }

  /** Whether the last look found nothing of the task any more. */
  public boolean isGone() {
    return stage == Stage.GONE;
  }

  /** The group in one call, which no fork can slip through, and then each process outside of it. */
  private void signal(int signal, List<ProcessTree.Member> members) {
    boolean groupReached = child.signalGroup(signal);
    for (ProcessTree.Member member : members) {
      boolean inGroup =
          groupReached
              && ProcFs.ofThisNode()
                  .stat(member.pid())
                  .map(stat -> stat.group() == child.pid())
                  .orElse(false);
      if (!inGroup) {
        member.signal(signal);
      }
    }
  }
}
