package dev.drover.journal;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.BlockChanged;
import dev.drover.journal.JournalEntry.ManagerJoined;
import dev.drover.journal.JournalEntry.ManagerLeft;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.RunStarted;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a journal says of a run, small enough to hold for millions of tasks (1 byte each, up to 13
 * where attempts failed or were lost): which have ended and how, the attempts of those that have
 * not, the blocks whose jobs may still be there. What the tasks are, it does not keep: {@link
 * JournalReader#unfinished} reads that. Used by one thread.
 */
public final class RunState {
  private final TaskTable tasks = new TaskTable();
  private final Map<String, BlockChanged> openBlocks = new LinkedHashMap<>();
  private final JournalEntry.Cases<Void> replay = new Replay();
  private final long[] ended = new long[Ending.values().length];
  private String runId = "";
  private Optional<RunEnded> end = Optional.empty();
  private long lastAccepted;
  private int starts;
  private int blocks;
  private int managers;

  /** The replay of a whole journal, together with what its reader came upon. */
  public record Replayed(RunState state, JournalSummary summary) {}

  /** Reads {@code journal} from its beginning; throws as {@link JournalReader#read} does. */
  public static Replayed replay(Path journal) throws IOException {
    RunState state = new RunState();
    return new Replayed(state, JournalReader.read(journal, state::accept));
  }

  /** Takes the next entry of the journal into account. */
  public void accept(JournalEntry entry) {
    entry.match(replay);
  }

  /** Name of the run; empty = the journal is empty. */
  public String runId() {
    return runId;
  }

  /** Times that a process began with this run; more than 1 = it was resumed before. */
  public int starts() {
    return starts;
  }

  /** How the last process ended; empty = it was killed, or still runs. */
  public Optional<RunEnded> end() {
    return end;
  }

  /** Highest id that was accepted, which is also their number, as ids are dense; 0 = none. */
  public long lastAccepted() {
    return lastAccepted;
  }

  /** Whether the task ended for good, in whichever way. */
  public boolean isFinished(TaskId id) {
    return tasks.ending(id.value()) != null;
  }

  /** How the task ended for good; empty = it did not. */
  public Optional<Ending> ending(TaskId id) {
    return Optional.ofNullable(tasks.ending(id.value()));
  }

  /** Attempts of the task that are known to have ended, lost ones included. */
  public int attempts(TaskId id) {
    return tasks.attempts(id.value());
  }

  /** Attempts of the task that were lost to infrastructure, not to the ends of their blocks. */
  public int lostAttempts(TaskId id) {
    return tasks.lost(id.value());
  }

  /** What failed attempts of the task took of its retries. */
  public double cost(TaskId id) {
    return tasks.cost(id.value());
  }

  /** Tasks that ended for good. */
  public long finished() {
    long sum = 0;
    for (long count : ended) {
      sum += count;
    }
    return sum;
  }

  /** Tasks that ended for good in this way. */
  public long finished(Ending ending) {
    return ended[ending.ordinal()];
  }

  /** Tasks that ended for good otherwise than SUCCEEDED. */
  public long failed() {
    return finished() - finished(Ending.SUCCEEDED);
  }

  /**
   * The last word on each block that has not ended, oldest first, with the job id and directory as
   * last known. Their jobs may be waiting or running still.
   */
  public Collection<BlockChanged> openBlocks() {
    return List.copyOf(openBlocks.values());
  }

  /** Blocks ever begun. */
  public int blocks() {
    return blocks;
  }

  /** Managers that ever registered. */
  public int managers() {
    return managers;
  }

  private final class Replay implements JournalEntry.Cases<Void> {
    @Override
    public Void runStarted(RunStarted entry) {
      runId = entry.runId();
      end = Optional.empty();
      starts++;
      return null;
    }

    @Override
    public Void tasksAccepted(TasksAccepted entry) {
      lastAccepted = Math.max(lastAccepted, entry.firstId().value() + entry.count() - 1);
      return null;
    }

    @Override
    public Void taskFinished(TaskFinished entry) {
      var outcome = entry.report().outcome();
      // A resumed run may run a failed task again: the last end counts.
      Ending before = tasks.finish(outcome.id().value(), outcome.ending());
      if (before != null) {
        ended[before.ordinal()]--;
      }
      ended[outcome.ending().ordinal()]++;
      if (outcome.attempt() > 1) {
        tasks.attempts(outcome.id().value(), outcome.attempt());
      }
      return null;
    }

    @Override
    public Void attemptEnded(AttemptEnded entry) {
      long id = entry.id().value();
      tasks.attempts(id, entry.attempt());
      if (entry.ending().isCountedLoss()) {
        tasks.lose(id);
      }
      if (entry.cost() != 0) {
        tasks.charge(id, entry.cost());
      }
      return null;
    }

    @Override
    public Void blockChanged(BlockChanged entry) {
      BlockChanged before = openBlocks.get(entry.blockId());
      if (before == null) {
        blocks++;
      }
      if (entry.phase().isTerminal()) {
        openBlocks.remove(entry.blockId());
      } else {
        openBlocks.put(entry.blockId(), before == null ? entry : merge(before, entry));
      }
      return null;
    }

    private BlockChanged merge(BlockChanged before, BlockChanged now) {
      return new BlockChanged(
          now.time(),
          now.blockId(),
          now.jobId().isEmpty() ? before.jobId() : now.jobId(),
          now.phase(),
          now.directory().isEmpty() ? before.directory() : now.directory(),
          now.reason());
    }

    @Override
    public Void managerJoined(ManagerJoined entry) {
      managers++;
      return null;
    }

    @Override
    public Void managerLeft(ManagerLeft entry) {
      return null;
    }

    @Override
    public Void runEnded(RunEnded entry) {
      end = Optional.of(entry);
      return null;
    }
  }
}
