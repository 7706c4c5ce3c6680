package dev.drover.process;

import java.util.List;

/**
 * One look at all processes of this node, for all tasks that are being ended at the same time: it
 * takes some 20 µs a process, and a node has thousands. Taken when it is first needed. One thread
 * at a time.
 */
public final class ProcessLook {
  private ProcessIndex processes;
  private long begunNanos;

  private ProcessIndex processes() {
    if (processes == null) {
      begunNanos = System.nanoTime();
      processes = new ProcessIndex(ProcFs.ofThisNode().processes(), ProcessTree.TASK_VARIABLE);
    }
    return processes;
  }

  /**
   * Whether it sees a process that was there already then.
   *
   * @param nanoTime {@link System#nanoTime}
   */
  public boolean sees(long nanoTime) {
    processes();
    return begunNanos - nanoTime >= 0;
  }

  /**
   * The processes of a task, as {@link ProcessTree#find(String, long)}.
   *
   * @param child which was there before the look, and which another thread may reap meanwhile: not
   *     reaped yet, its pid was its own all through the look
   */
  List<ProcessTree.Member> find(String cookie, ChildProcess child) {
    ProcessIndex seen = processes();
    return seen.find(cookie, child.isReaped() ? 0 : child.pid());
  }
}
