package dev.drover.process;

import java.time.Duration;
import java.util.List;

/**
 * The end of a task that is asked for from outside: TERM to all of its processes, and KILL to those
 * that are left when the grace is over.
 *
 * <p>Holds no timer and never blocks: its one owner calls {@link #advance} a few times a second.
 * The child's slot thread stays in {@link ChildProcess#await} meanwhile. The group's other
 * processes get the grace too when their leader ends at once, as a shell does.
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
  private Stage stage = Stage.ASKED;

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
   */
  public static TreeTermination begin(
      ChildProcess child, String cookie, Duration grace, long nowNanos) {
    TreeTermination termination = new TreeTermination(child, cookie, nowNanos + grace.toNanos());
    child.spareLeftoversUntil(termination.deadlineNanos);
    termination.signal(LibC.SIGTERM, termination.members());
    return termination;
  }

  /** Looks at what is left, and sends KILL to it when the grace is over at {@code nowNanos}. */
  public Stage advance(long nowNanos) {
    if (stage == Stage.GONE) {
      return stage;
    }
    List<ProcessTree.Member> left = members();
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

  private List<ProcessTree.Member> members() {
    return ProcessTree.find(cookie, child);
  }
}
