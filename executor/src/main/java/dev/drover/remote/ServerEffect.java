package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import java.util.List;

/** What a {@link ServerState} wants done. */
sealed interface ServerEffect {

  <R> R match(Cases<R> cases);

  /** One method for each effect. */
  interface Cases<R> {
    R openSession(OpenSession effect);

    R refuse(Refuse effect);

    R closeSession(CloseSession effect);

    R send(Send effect);

    R sendReports(SendReports effect);

    R take(Take effect);

    R obey(Obey effect);

    R keepFiles(KeepFiles effect);

    R askStatus(AskStatus effect);

    R fail(Fail effect);

    R end(End effect);

    R stop(Stop effect);
  }

  /**
   * Make a session key, welcome the submitter on the control socket, expect it on the data socket.
   *
   * @param open of the reports up to {@code written} it wants those of these tasks only; where
   *     {@code written} is 0 it wants all
   */
  record OpenSession(
      FromSubmitter.Attach attach,
      long ordersReceived,
      long lastAccepted,
      List<IdRange> open,
      long written)
      implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.openSession(this);
    }
  }

  /** Refuse who just asked on the control socket. */
  record Refuse(String reason, boolean mayReturn) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refuse(this);
    }
  }

  /** Forget the session. */
  record CloseSession(String reason) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.closeSession(this);
    }
  }

  /** Send in the session. */
  record Send(ToSubmitter message) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /** Send the next reports, as many as one message holds, and tell how many that were. */
  record SendReports(long from) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.sendReports(this);
    }
  }

  /** Journal these and run them; tell when they are journaled. */
  record Take(long ticket, List<SubmittedTasks> tasks) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.take(this);
    }
  }

  /** Do what the order says; it is neither a submission nor the end. */
  record Obey(Order order) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.obey(this);
    }
  }

  /** Keep what the submitter said of its files: a classpath, or a part of a file. */
  record KeepFiles(FromSubmitter message) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.keepFiles(this);
    }
  }

  /** Ask the engine what is going on. */
  record AskStatus() implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.askStatus(this);
    }
  }

  /** The run cannot go on. */
  record Fail(String reason) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.fail(this);
    }
  }

  /**
   * End managers, blocks and journal, and tell when that is done.
   *
   * @param how in the journal's words
   */
  record End(String how, String reason) implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.end(this);
    }
  }

  /** End the loop, once what was sent has left. */
  record Stop() implements ServerEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.stop(this);
    }
  }
}
