package dev.drover.journal;

import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import java.time.Instant;
import java.util.Objects;

/**
 * One line of the journal: something that happened in a run. {@code docs/journal.md} shows each.
 */
public sealed interface JournalEntry {

  <R> R match(Cases<R> cases);

  /** One method for each kind of entry. */
  interface Cases<R> {
    R runStarted(RunStarted entry);

    R tasksAccepted(TasksAccepted entry);

    R taskFinished(TaskFinished entry);

    R attemptEnded(AttemptEnded entry);

    R blockChanged(BlockChanged entry);

    R managerJoined(ManagerJoined entry);

    R managerLeft(ManagerLeft entry);

    R runEnded(RunEnded entry);
  }

  /**
   * A run began, or was taken up again; the first line of every journal.
   *
   * @param version of the lines that follow
   * @param resumed whether lines of an earlier process stand before it
   */
  record RunStarted(FormatVersion version, Instant time, String runId, boolean resumed)
      implements JournalEntry {
    public RunStarted {
      Objects.requireNonNull(version);
      Objects.requireNonNull(time);
      Objects.requireNonNull(runId);
    }

    /** A start in this program's own format version. */
    public static RunStarted now(Instant time, String runId, boolean resumed) {
      return new RunStarted(FormatVersion.CURRENT, time, runId, resumed);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.runStarted(this);
    }
  }

  /**
   * Tasks were accepted: a single one, or an array whose ids and indices count up without a gap.
   * The function and classpath of a Java task are not journaled: read back, they are empty.
   *
   * @param count at least 1
   * @param firstIndex index of the first task; -1 = a single task without an index
   */
  record TasksAccepted(
      TaskId firstId, int count, long firstIndex, TaskSpec spec, TaskOptions options)
      implements JournalEntry {
    public TasksAccepted {
      Objects.requireNonNull(firstId);
      Objects.requireNonNull(spec);
      Objects.requireNonNull(options);
      if (count < 1
          || firstIndex < -1
          || (firstIndex < 0 && count != 1)
          || firstId.value() > Long.MAX_VALUE - count
          || firstIndex > Long.MAX_VALUE - count) {
        throw new IllegalArgumentException(
            "firstId " + firstId + ", firstIndex " + firstIndex + ", count " + count);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tasksAccepted(this);
    }
  }

  /**
   * A task ended for good. The result of a Java task is not journaled: a report read back has an
   * empty one.
   */
  record TaskFinished(TaskReport report) implements JournalEntry {
    public TaskFinished {
      Objects.requireNonNull(report);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.taskFinished(this);
    }
  }

  /**
   * An attempt ended and the task goes on: it failed and is retried, or was lost to infrastructure.
   *
   * @param attempt counts from 1
   * @param reason the cause in words; empty = the ending says it all
   * @param host node that ran it; empty = none
   * @param manager id of the manager that had it; empty = none
   * @param block id of the block that had it; empty = none
   * @param worker rank of the worker on its node, from 0; -1 = none
   * @param exitCode 0..255, or -1 where there was none
   * @param signal number of the signal that ended the command, 0 = none
   * @param startedMicros microseconds since the epoch by the node's clock; 0 = never started, or
   *     not known
   * @param endedMicros microseconds since the epoch
   * @param cost that it took of the task's retries; 0 = nothing, as of a lost attempt
   */
  record AttemptEnded(
      TaskId id,
      int attempt,
      Ending ending,
      String reason,
      String host,
      String manager,
      String block,
      int worker,
      int exitCode,
      int signal,
      long startedMicros,
      long endedMicros,
      double cost)
      implements JournalEntry {
    public AttemptEnded {
      Objects.requireNonNull(id);
      Objects.requireNonNull(ending);
      Objects.requireNonNull(reason);
      Objects.requireNonNull(host);
      Objects.requireNonNull(manager);
      Objects.requireNonNull(block);
      if (attempt < 1) {
        throw new IllegalArgumentException("an attempt counts from 1, not " + attempt);
      }
      if (Double.isNaN(cost)) {
        throw new IllegalArgumentException("the cost of an attempt is a number");
      }
    }

    /** How an attempt ended, as it is reported of a task's last one. */
    public static AttemptEnded of(TaskReport report, double cost) {
      TaskOutcome outcome = report.outcome();
      return new AttemptEnded(
          outcome.id(),
          outcome.attempt(),
          outcome.ending(),
          outcome.message(),
          report.host(),
          report.manager(),
          report.block(),
          outcome.worker(),
          outcome.exitCode(),
          outcome.signal(),
          outcome.startedMicros(),
          outcome.endedMicros(),
          cost);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.attemptEnded(this);
    }
  }

  /**
   * A block entered a phase of its life.
   *
   * @param jobId the scheduler's id of its job; empty = not known (yet)
   * @param directory the block's own, where script and output lie; empty = as said before
   * @param reason the scheduler's own words, or ours; empty = nothing to say
   */
  record BlockChanged(
      Instant time, String blockId, String jobId, BlockPhase phase, String directory, String reason)
      implements JournalEntry {
    public BlockChanged {
      Objects.requireNonNull(time);
      Objects.requireNonNull(blockId);
      Objects.requireNonNull(jobId);
      Objects.requireNonNull(phase);
      Objects.requireNonNull(directory);
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.blockChanged(this);
    }
  }

  /**
   * A manager registered.
   *
   * @param block id of its block; empty = started by hand
   * @param slots workers that it owns
   */
  record ManagerJoined(Instant time, String managerId, String host, String block, int slots)
      implements JournalEntry {
    public ManagerJoined {
      Objects.requireNonNull(time);
      Objects.requireNonNull(managerId);
      Objects.requireNonNull(host);
      Objects.requireNonNull(block);
      if (slots < 0) {
        throw new IllegalArgumentException("a manager cannot have " + slots + " slots");
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.managerJoined(this);
    }
  }

  /** A manager left, or fell silent for good. */
  record ManagerLeft(Instant time, String managerId, String reason) implements JournalEntry {
    public ManagerLeft {
      Objects.requireNonNull(time);
      Objects.requireNonNull(managerId);
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.managerLeft(this);
    }
  }

  /**
   * The run ended by itself; a run that was killed has no such line.
   *
   * @param reason in words; empty = how says it all
   */
  record RunEnded(Instant time, RunEnd how, String reason) implements JournalEntry {
    public RunEnded {
      Objects.requireNonNull(time);
      Objects.requireNonNull(how);
      Objects.requireNonNull(reason);
    }

    /**
     * The end of a run that was to give everything back.
     *
     * @param left what of it may live on; empty = nothing. A run that was stopped is not over then
     */
    public static RunEnded leaving(String left, Instant time, RunEnd how, String reason) {
      if (left.isEmpty()) {
        return new RunEnded(time, how, reason);
      }
      boolean stopped = how == RunEnd.INTERRUPTED || how == RunEnd.CANCELLED;
      return new RunEnded(
          time,
          stopped ? RunEnd.INFRASTRUCTURE : how,
          reason.isEmpty() ? left : reason + "; " + left);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.runEnded(this);
    }
  }
}
