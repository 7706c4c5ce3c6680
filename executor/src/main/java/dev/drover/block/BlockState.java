package dev.drover.block;

import dev.drover.job.JobId;
import java.util.Objects;

/** How far a block has come. A terminal state is never left. */
public sealed interface BlockState {

  <R> R match(Cases<R> cases);

  /** One method for each state. */
  interface Cases<R> {
    R submitting(Submitting state);

    R queued(Queued state);

    R starting(Starting state);

    R live(Live state);

    R draining(Draining state);

    R ended(Ended state);
  }

  /** In words, for reports. */
  String word();

  default boolean isTerminal() {
    return this instanceof Ended;
  }

  /**
   * The scheduler is asked for it, and has not answered yet.
   *
   * @param trouble why there is no answer; empty while nothing is known to be wrong
   */
  record Submitting(String trouble) implements BlockState {
    public Submitting {
      Objects.requireNonNull(trouble);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.submitting(this);
    }

    @Override
    public String word() {
      return "submitting";
    }
  }

  /**
   * The scheduler has it; it waits.
   *
   * @param reason in the scheduler's words; empty when it gave none
   */
  record Queued(JobId job, String reason) implements BlockState {
    public Queued {
      Objects.requireNonNull(job);
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.queued(this);
    }

    @Override
    public String word() {
      return "queued";
    }
  }

  /**
   * Its job runs; no manager has come yet.
   *
   * @param sinceNanos when that was first seen
   */
  record Starting(JobId job, long sinceNanos) implements BlockState {
    public Starting {
      Objects.requireNonNull(job);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.starting(this);
    }

    @Override
    public String word() {
      return "starting";
    }
  }

  /** At least one of its managers has registered. */
  record Live(JobId job) implements BlockState {
    public Live {
      Objects.requireNonNull(job);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.live(this);
    }

    @Override
    public String word() {
      return "live";
    }
  }

  /**
   * It takes no new tasks and ends when it has none left.
   *
   * @param sinceNanos when it was asked
   */
  record Draining(JobId job, long sinceNanos) implements BlockState {
    public Draining {
      Objects.requireNonNull(job);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.draining(this);
    }

    @Override
    public String word() {
      return "draining";
    }
  }

  /** It is over. */
  record Ended(BlockEnd end, String reason) implements BlockState {
    public Ended {
      Objects.requireNonNull(end);
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ended(this);
    }

    @Override
    public String word() {
      return "ended";
    }
  }
}
