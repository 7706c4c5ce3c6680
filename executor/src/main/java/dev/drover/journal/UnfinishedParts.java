package dev.drover.journal;

import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.task.TaskId;
import java.util.function.Consumer;

/** Cuts accepted tasks into the parts that have not ended. Used by one thread. */
final class UnfinishedParts {
  private final RunState state;
  private final Consumer<? super Unfinished> each;
  private long seen;

  UnfinishedParts(RunState state, Consumer<? super Unfinished> each) {
    this.state = state;
    this.each = each;
  }

  /** Hands over the parts of {@code batch}; tasks that the state does not know are left out. */
  void take(TasksAccepted batch) {
    long first = batch.firstId().value();
    long end = Math.min(first + batch.count() - 1, state.lastAccepted()) + 1;
    long begin = Math.max(first, seen + 1);
    seen = Math.max(seen, end - 1);
    while (begin < end) {
      TaskId id = new TaskId(begin);
      long next = begin + 1;
      if (!state.isFinished(id)) {
        Unfinished part = part(batch, id);
        while (next < end && isSame(part, new TaskId(next))) {
          next++;
        }
        each.accept(part.withCount((int) (next - begin)));
      }
      begin = next;
    }
  }

  private Unfinished part(TasksAccepted batch, TaskId id) {
    return new Unfinished(
        id,
        1,
        batch.firstIndex() < 0 ? -1 : batch.firstIndex() + id.value() - batch.firstId().value(),
        batch.spec(),
        batch.options(),
        state.attempts(id),
        state.lostAttempts(id),
        state.cost(id));
  }

  private boolean isSame(Unfinished part, TaskId id) {
    return !state.isFinished(id)
        && state.attempts(id) == part.attempts()
        && state.lostAttempts(id) == part.lost()
        && Double.compare(state.cost(id), part.cost()) == 0;
  }
}
