package dev.drover.manager;

import dev.drover.task.Isolation;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskWork;

/** Which task may wait behind another in the same slot, and begins there without a further word. */
final class Succession {
  private Succession() {}

  /** Whether the slot's worker JVM runs it, and not the slot's thread. */
  static boolean runsOnWorker(TaskAssignment task) {
    return task.spec().work() instanceof TaskWork.Java java
        && java.isolation() == Isolation.PROCESS;
  }

  /** Whether the slot's thread runs it as a process of its own. */
  static boolean isCommand(TaskAssignment task) {
    return task.spec().work() instanceof TaskWork.Shell;
  }

  /** Whether it takes one slot, whichever that is, and nothing in its environment is its own. */
  static boolean isPlain(TaskAssignment task) {
    return task.slots() == 1 && task.shares().isEmpty() && !task.spec().resources().isMpi();
  }

  /** Only plain tasks follow one another. */
  static boolean mayFollow(TaskAssignment first, TaskAssignment next) {
    return isPlain(first)
        && isPlain(next)
        && (runsOnWorker(first) ? sharesWorker(first, next) : takesPlace(first, next));
  }

  /** Untimed functions of the same classpath: the end of one would be the end of its worker JVM. */
  private static boolean sharesWorker(TaskAssignment first, TaskAssignment next) {
    return runsOnWorker(next)
        && next.spec().timeout().isZero()
        && first.spec().timeout().isZero()
        && ((TaskWork.Java) next.spec().work())
            .classpath()
            .equals(((TaskWork.Java) first.spec().work()).classpath());
  }

  /** Commands that ask for the same; each is ended on its own, so they may have time limits. */
  private static boolean takesPlace(TaskAssignment first, TaskAssignment next) {
    return isCommand(first)
        && isCommand(next)
        && first.spec().resources().equals(next.spec().resources());
  }
}
