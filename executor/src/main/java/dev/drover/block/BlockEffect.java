package dev.drover.block;

import dev.drover.job.JobId;
import java.util.List;
import java.util.Optional;

/** What is to be done about blocks, in the order in which it is told. */
sealed interface BlockEffect {
  <R> R match(Cases<R> cases);

  /** One method for each effect. */
  interface Cases<R> {
    R submit(Submit effect);

    R find(Find effect);

    R cancel(Cancel effect);

    R drain(Drain effect);

    R changed(Changed effect);

    R over(Over effect);

    R giveUp(GiveUp effect);
  }

  /** Ask the scheduler for the block; the fleet hears of the answer. */
  record Submit(BlockId id) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.submit(this);
    }
  }

  /** Look for the block's job by its name; the fleet hears of the answer. */
  record Find(BlockId id) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.find(this);
    }
  }

  /** Ask the scheduler to end the jobs. */
  record Cancel(List<JobId> jobs) implements BlockEffect {
    public Cancel {
      jobs = List.copyOf(jobs);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancel(this);
    }
  }

  /** Let the block's managers finish what they run and leave. */
  record Drain(BlockId id, String reason) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drain(this);
    }
  }

  /** The block's state is another one: journal it. */
  record Changed(BlockId id, Optional<JobId> job, BlockState state) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.changed(this);
    }
  }

  /**
   * The block is over: its managers are gone.
   *
   * @param walltime whether the scheduler ended it at its walltime
   */
  record Over(EndedBlock block, boolean walltime) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.over(this);
    }
  }

  /** No block can be had: the run takes no more tasks. */
  record GiveUp(EndedBlock last) implements BlockEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.giveUp(this);
    }
  }
}
