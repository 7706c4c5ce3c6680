package dev.drover.interchange;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends, should a loop break, the tasks that it has: each once, wherever in its state the error left
 * it, so that nobody waits for what the loop will never do. What cannot be told of one task does
 * not keep the others from being told. The loop's thread only, but for {@link #late}.
 */
final class LastEnds {
  private static final Logger log = LoggerFactory.getLogger(LastEnds.class);

  private final InterchangeState state;
  private final InterchangeListener listener;

  /** Tasks that were taken in and not told of. */
  private long open;

  /** Those that the state is taking in now. */
  private List<Submission> comingIn = List.of();

  /** Why the loop broke; null = it did not. */
  private volatile String reason;

  LastEnds(InterchangeState state, InterchangeListener listener) {
    this.state = state;
    this.listener = listener;
  }

  /** The state is about to take in an event. */
  void taking(Event event) {
    if (event instanceof Event.Submitted submitted) {
      comingIn = submitted.submissions();
      open += Submission.count(comingIn);
    }
  }

  /** It has, and all that follows is done. */
  void taken() {
    comingIn = List.of();
  }

  /** A task's end was told. */
  void told() {
    open--;
  }

  /** The loop broke. */
  void broke(Throwable cause) {
    String why = words(cause);
    reason = why;
    trying(() -> log.error("the interchange broke", cause));
    trying(() -> listener.broke(why, cause));
    Pass pass = new Pass(comingIn);
    trying(() -> state.turn().done().forEach(pass::was));
    trying(() -> state.turn().undone().forEach(pass::due));
    trying(() -> state.pending().removeAll(pass::end));
    trying(() -> state.attempts().assigned().forEach(pass::end));
    trying(() -> state.attempts().takenBack().forEach(pass::end));
    trying(() -> state.managers().forEach(manager -> manager.tasks.forEach(pass::end)));
    trying(pass::endRest);
    missing(open - pass.told);
  }

  /** An event came when the loop had ended; any thread. */
  void late(Event event) {
    if (reason != null && event instanceof Event.Submitted submitted) {
      Pass pass = new Pass(submitted.submissions());
      trying(pass::endRest);
      missing(Submission.count(submitted.submissions()) - pass.told);
    }
  }

  private void missing(long tasks) {
    if (tasks > 0) {
      trying(() -> listener.untold(tasks));
    }
  }

  private static String words(Throwable cause) {
    return "the interchange broke: %s\n  fix:     %s; what has not ended can be run again"
        .formatted(
            cause,
            cause instanceof VirtualMachineError
                ? "give its process more memory (java -Xmx, DROVER_JAVA_OPTS)"
                : "this is a bug in Drover, and the log tells where: please report it");
  }

  /** Runs what may fail as the loop did. */
  void trying(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      warn(e);
    }
  }

  private static void warn(Throwable problem) {
    try {
      log.error("the interchange broke, and cannot do all that is left to do", problem);
    } catch (Throwable e) {
      // There is nothing left to try.
    }
  }

  /** Once through all tasks. */
  private final class Pass {
    private final List<Submission> comingIn;
    private final long firstId;
    private final long lastId;

    /** Tasks of those coming in that the state had already, by their distance from the first. */
    private final BitSet seen = new BitSet();

    private long told;
    private boolean warned;

    /**
     * @param comingIn some of their tasks may have reached the state
     */
    Pass(List<Submission> comingIn) {
      this.comingIn = comingIn;
      this.firstId = comingIn.stream().mapToLong(Submission::firstId).min().orElse(0);
      this.lastId =
          comingIn.stream().mapToLong(s -> s.firstId() + s.batch().count() - 1).max().orElse(-1);
    }

    private void see(long id) {
      if (id >= firstId && id <= lastId) {
        seen.set((int) (id - firstId));
      }
    }

    void was(Effect effect) {
      if (effect instanceof Effect.Finish finish) {
        see(finish.report().id().value());
      }
    }

    void due(Effect effect) {
      if (effect instanceof Effect.Finish finish) {
        see(finish.report().id().value());
        tell(finish.report(), finish.completion());
      }
    }

    void end(Task task) {
      if (!task.ended) {
        task.ended = true;
        see(task.id);
        tell(
            Attempts.report(task, outcome(task.id, task.attempt), task.manager),
            task.batch.completion());
      }
    }

    void endRest() {
      for (Submission submission : comingIn) {
        for (int i = 0; i < submission.batch().count(); i++) {
          long id = submission.firstId() + i;
          if (!seen.get((int) (id - firstId))) {
            TaskOutcome outcome = outcome(id, submission.past().attempts());
            tell(
                new TaskReport(outcome, "", "", "", submission.past().lost()),
                submission.batch().completion());
          }
        }
      }
    }

    private TaskOutcome outcome(long id, int attempt) {
      return TaskOutcome.without(new TaskId(id), attempt, Ending.CANCELLED, reason, 0);
    }

    private void tell(TaskReport report, Completion completion) {
      try {
        listener.finished(report, completion);
        told++;
      } catch (Throwable e) {
        if (!warned) {
          warned = true;
          warn(e); // once: there may be a million tasks
        }
      }
    }
  }
}
