package dev.drover.process;

import java.util.List;
import java.util.Optional;

/**
 * Finds the processes of a task, those included that left its session.
 *
 * <p>A task's processes carry its cookie, one entry of their environment. A descendant that dropped
 * the cookie is found through its parents or its session. This process itself is never in the
 * answer. Any thread may call.
 */
public final class ProcessTree {
  /** The environment entry that marks a task's processes: {@code <pool>/<task>/<attempt>}. */
  public static final String TASK_VARIABLE = "DROVER_TASK";

  /**
   * The environment entry that marks all processes of a worker pool; {@link Guardian} kills by it.
   */
  public static final String POOL_VARIABLE = "DROVER_POOL";

  /**
   * One process, told from a later one of the same pid by its start time in clock ticks since the
   * node's start.
   */
  public record Member(long pid, long startTicks) {
    /**
     * Sends a signal, unless the process has ended.
     *
     * @return whether it was sent
     */
    public boolean signal(int signal) {
      Optional<ProcFs.Stat> now = ProcFs.ofThisNode().stat(pid);
      boolean same = now.isPresent() && now.get().startTicks() == startTicks;
      return same && LibC.kill(Math.toIntExact(pid), signal) == 0;
    }
  }

  private ProcessTree() {}

  /**
   * The processes that carry this cookie.
   *
   * @param cookie the whole entry, {@code NAME=value}
   */
  public static List<Member> find(String cookie) {
    return find(cookie, 0);
  }

  /**
   * The processes that carry this cookie, belong to this session or process group, or descend from
   * one of these.
   *
   * @param cookie the whole entry, {@code NAME=value}
   * @param pid the task's child, not yet reaped; 0 for none
   */
  public static List<Member> find(String cookie, long pid) {
    return find(cookie, pid, ProcFs.ofThisNode().processes());
  }

  /**
   * When a process was started, in clock ticks since the node's start; 0 = it is there no more.
   * None of its descendants is older.
   */
  public static long startTicks(long pid) {
    return ProcFs.ofThisNode().stat(pid).map(ProcFs.Stat::startTicks).orElse(0L);
  }

  /** Whether a process is there and has not ended; one that only waits to be reaped has. */
  public static boolean isRunning(long pid) {
    return ProcFs.ofThisNode().stat(pid).map(ProcFs.Stat::isAlive).orElse(false);
  }

  /**
   * The processes that carry this cookie or descend from one that does, and are not older than the
   * task's first one.
   *
   * @param pid of that first one, which may be gone
   * @param startTicks when it was started; 0 = not known: all are looked at
   */
  static List<Member> findSince(String cookie, long pid, long startTicks) {
    return find(cookie, 0, ProcFs.ofThisNode().processesSince(pid, startTicks));
  }

  private static List<Member> find(String cookie, long pid, List<ProcFs.Stat> among) {
    String variable = cookie.substring(0, cookie.indexOf('='));
    return new ProcessIndex(among, variable).find(cookie, pid);
  }
}
