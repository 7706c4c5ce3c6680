package dev.drover.cli.inspect;

import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One task as the journal tells it.
 *
 * @param index place in its array; -1 = no array task
 * @param host where it is running now; empty = it is not
 * @param attempts that ended, in order; of a task that has ended, the last one is its end
 */
public record TaskView(
    TaskId id, TaskSpec spec, long index, State state, String host, List<TaskReport> attempts) {
  /** Where a task stands. */
  public enum State {
    /** Waits in the interchange. */
    QUEUED,
    /** A manager has it. */
    ASSIGNED,
    /** Ended for good. */
    ENDED
  }

  public TaskView {
    Objects.requireNonNull(id);
    Objects.requireNonNull(spec);
    Objects.requireNonNull(state);
    Objects.requireNonNull(host);
    attempts = List.copyOf(attempts);
    if (state == State.ENDED && attempts.isEmpty()) {
      throw new IllegalArgumentException("task " + id + " has ended, so it had an attempt");
    }
  }

  /** How it ended for good; empty = not yet. */
  public Optional<TaskReport> end() {
    return state == State.ENDED ? Optional.of(attempts.get(attempts.size() - 1)) : Optional.empty();
  }

  /** Whether it ended otherwise than by success. */
  public boolean isFailed() {
    return end().map(report -> !report.outcome().ending().isSuccess()).orElse(false);
  }
}
