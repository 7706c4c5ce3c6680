package dev.drover.process;

import java.time.Duration;
import java.util.List;

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

  private final ChildProcess child;
  private final String cookie;
  private final long deadlineNanos;
  private final long startTicks;
  private volatile Stage stage = Stage.ASKED;

  private TreeTermination(ChildProcess child, String cookie, long deadlineNanos) {
    this.child = child;
    this.cookie = cookie;
    this.deadlineNanos = deadlineNanos;
    long ticks = ProcessTree.startTicks(child.pid());
    this.startTicks = child.isReaped() ? 0 : ticks; // else they may be a stranger's
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
   * function's and live on; a process that forks meanwhile is met again. Returns after a second at
   * the latest, and then something may be left that hangs in the kernel.
   *
   * @param cookie the task's whole environment entry
   * @param pid of the task's first process
   * @param startTicks when that was started ({@link ProcessTree#startTicks}): older processes are
   *     not looked at, which are nearly all of a node; 0 = all are
   * @param byForce whether something of it was ended by force: it is looked for twice at least
   * @return how many were killed
   */
  public static int killLeftovers(String cookie, long pid, long startTicks, boolean byForce) {
    return Leftovers.kill(() -> leftovers(cookie, pid, startTicks), byForce, Leftovers.REAL);
  }

  /**
   * Kills what is left now that the task's first process has ended, so that its grace is over. Any
   * thread may call, which may take a second where something hangs in the kernel.
   */
  public void killLeftovers() {
    killLeftovers(cookie, child.pid(), startTicks, true);
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
