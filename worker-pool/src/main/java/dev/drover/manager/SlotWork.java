package dev.drover.manager;

import dev.drover.process.ChildProcess;
import dev.drover.process.ProcessLook;
import dev.drover.process.TreeTermination;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a slot's thread has to do, in order, and what it is doing. The loop adds, takes back what
 * follows and has not begun, and asks for the end of what runs; the slot's thread takes. Each
 * method holds the object's lock.
 */
final class SlotWork {
  /** How often a thread looks whether the loop lets it go on. */
  private static final long LEASE_LOOK_MILLIS = 5;

  /**
   * @param task null = none, such as the start of a worker JVM
   * @param follows whether it can be taken back
   */
  private record Job(TaskId task, boolean follows, Runnable run) {}

  private final BooleanSupplier mayBegin;
  private final Duration killGrace;
  private final ArrayDeque<Job> jobs = new ArrayDeque<>();

  // What runs now.
  private TaskId task;
  private ChildProcess child;
  private long begunNanos;
  private String cookie;
  private Thread inFunction;
  private boolean interrupted;
  private TreeTermination termination;

  /** Whose end is asked for; null = nothing's. */
  private TaskId toEnd;

  private boolean endedForTime;

  /**
   * @param mayBegin whether the loop has turned lately
   * @param killGrace from TERM to KILL
   */
  SlotWork(BooleanSupplier mayBegin, Duration killGrace) {
    this.mayBegin = mayBegin;
    this.killGrace = killGrace;
  }

  synchronized void add(Runnable run) {
    add(new Job(null, false, run));
  }

  /** A task that the slot is free for. */
  synchronized void add(TaskAssignment next, Runnable run) {
    add(new Job(next.id(), false, run));
  }

  /** A task that waits for the end of the one before it. */
  synchronized void addFollowing(TaskAssignment next, Runnable run) {
    add(new Job(next.id(), true, run));
  }

  private void add(Job job) {
    jobs.addLast(job);
    notifyAll();
  }

  /**
   * Waits for the next; the slot's thread. A task does not begin before the loop has turned lately:
   * when this process has stood still, the task may be another manager's by now.
   */
  synchronized Runnable take() throws InterruptedException {
    while (true) {
      if (jobs.isEmpty()) {
        wait();
      } else if (jobs.peekFirst().task() != null && !mayBegin.getAsBoolean()) {
        wait(LEASE_LOOK_MILLIS);
      } else {
        Job next = jobs.pollFirst();
        task = next.task();
        return next.run();
      }
    }
  }

  /** Takes back what follows and has not begun, in its order. */
  synchronized List<TaskId> recall() {
    List<TaskId> back = new ArrayList<>(jobs.size());
    for (Iterator<Job> waiting = jobs.iterator(); waiting.hasNext(); ) {
      Job job = waiting.next();
      if (job.follows()) {
        back.add(job.task());
        waiting.remove();
      }
    }
    return back;
  }

  /** How many jobs wait. */
  synchronized int waiting() {
    return jobs.size();
  }

  /**
   * Waits until the task that was taken last may begin: as late as can be, since the process may
   * have stood still after it was taken.
   *
   * @return as what it ends without having begun; empty = it may begin
   */
  synchronized Optional<Ending> beforeBegin() {
    while (!mayBegin.getAsBoolean()) {
      try {
        wait(LEASE_LOOK_MILLIS);
      } catch (InterruptedException e) {
        continue; // meant for a function that has ended
      }
    }
    return task.equals(toEnd) ? Optional.of(forced()) : Optional.empty();
  }

  private Ending forced() {
    return endedForTime ? Ending.TIMED_OUT : Ending.CANCELLED;
  }

  /** The process of the task that was taken last. */
  synchronized void begin(ChildProcess process, String taskCookie) {
    child = process;
    begunNanos = System.nanoTime();
    cookie = taskCookie;
  }

  /** The task that was taken last is a function, which this thread calls. */
  synchronized void beginFunction() {
    inFunction = Thread.currentThread();
  }

  /**
   * The task that was taken last has ended.
   *
   * @return as what, when its end was asked for and carried out
   */
  synchronized Optional<Ending> over() {
    Optional<Ending> forced =
        termination == null && !interrupted ? Optional.empty() : Optional.of(forced());
    if (task != null && task.equals(toEnd)) {
      toEnd = null;
    }
    task = null;
    child = null;
    cookie = null;
    termination = null;
    inFunction = null;
    interrupted = false;
    return forced;
  }

  /** The end of what runs, if it was begun and something may live on. */
  synchronized Optional<TreeTermination> unfinishedEnd() {
    return Optional.ofNullable(termination).filter(end -> !end.isGone());
  }

  /** Whether the end of what runs was asked for and begun. */
  synchronized boolean isBeingEnded() {
    return termination != null;
  }

  /** Whether an end was asked for and has not been carried through; see {@link #advanceEnding}. */
  synchronized boolean isEnding() {
    return toEnd != null;
  }

  /**
   * Asks for the end of a task; {@link #advanceEnding} carries it through. Of one that has ended
   * nothing is asked: its outcome is on the way, and what runs now is not meant.
   */
  synchronized void end(TaskId unwanted, boolean forTime) {
    if (unwanted.equals(task) || jobs.stream().anyMatch(job -> unwanted.equals(job.task()))) {
      toEnd = unwanted;
      endedForTime = forTime;
    }
  }

  /**
   * TERM at first, KILL after the grace; called at once and then a few times a second while {@link
   * #isEnding}, each time with another look.
   */
  synchronized void advanceEnding(ProcessLook look) {
    if (toEnd == null || !toEnd.equals(task)) {
      return; // it has not begun
    }
    if (inFunction != null) {
      inFunction.interrupt();
      interrupted = true;
      inFunction = null;
    } else if (child != null && look.sees(begunNanos)) { // else the next look will
      if (termination == null) {
        termination = TreeTermination.begin(child, cookie, killGrace, System.nanoTime(), look);
      } else {
        termination.advance(System.nanoTime(), look);
      }
    }
  }
}
