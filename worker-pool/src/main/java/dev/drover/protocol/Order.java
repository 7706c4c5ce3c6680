package dev.drover.protocol;

import dev.drover.task.TaskId;
import java.util.List;
import java.util.Objects;

/**
 * What a submitter wants done, in the order in which it said so. Orders are numbered, kept and sent
 * again until they are taken: an order is neither lost nor taken twice.
 */
public sealed interface Order {

  <R> R match(Cases<R> cases);

  /** One method for each order. */
  interface Cases<R> {
    R submit(Submit order);

    R cancel(Cancel order);

    R cancelAll(CancelAll order);

    R hold(Hold order);

    R drain(Drain order);

    R scaleOut(ScaleOut order);

    R scaleIn(ScaleIn order);

    R finish(Finish order);
  }

  /**
   * Run these. Their ids are higher than all before; those that are known already are passed over.
   */
  record Submit(List<SubmittedTasks> tasks) implements Order {
    public Submit {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.submit(this);
    }
  }

  /** End these tasks. */
  record Cancel(List<TaskId> tasks) implements Order {
    public Cancel {
      tasks = List.copyOf(tasks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancel(this);
    }
  }

  /**
   * End all tasks.
   *
   * @param resumable whether a resumed run shall run them again
   */
  record CancelAll(String reason, boolean resumable) implements Order {
    public CancelAll {
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cancelAll(this);
    }
  }

  /** Give a manager no new tasks, or ({@code on} false) give it tasks again. */
  record Hold(ManagerId manager, boolean on) implements Order {
    public Hold {
      Objects.requireNonNull(manager);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.hold(this);
    }
  }

  /** Let a manager finish what it runs and leave. */
  record Drain(ManagerId manager) implements Order {
    public Drain {
      Objects.requireNonNull(manager);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.drain(this);
    }
  }

  /** Ask for this many more blocks. */
  record ScaleOut(int blocks) implements Order {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.scaleOut(this);
    }
  }

  /** Give these blocks back once they have nothing to do. */
  record ScaleIn(List<String> blocks) implements Order {
    public ScaleIn {
      blocks = List.copyOf(blocks);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.scaleIn(this);
    }
  }

  /**
   * End the run: managers, blocks and the interchange itself.
   *
   * @param how in the journal's words
   */
  record Finish(String how) implements Order {
    public Finish {
      Objects.requireNonNull(how);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.finish(this);
    }
  }
}
