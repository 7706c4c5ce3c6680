package dev.drover.remote;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.Payload;

/** What a {@link LinkState} wants done. */
sealed interface LinkEffect {

  <R> R match(Cases<R> cases);

  /** One method for each effect. */
  interface Cases<R> {
    R connect(Connect effect);

    R attach(Attach effect);

    R openSession(OpenSession effect);

    R send(Send effect);

    R disconnect(Disconnect effect);

    R tell(Tell effect);

    R broke(Broke effect);

    R ended(Ended effect);
  }

  /** Find out, on another thread, how the interchange can be reached now; tell when it is known. */
  record Connect() implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.connect(this);
    }
  }

  /**
   * Dial the control address and attach.
   *
   * @param reportsHad -1 = say which tasks are open
   */
  record Attach(long ordersTaken, long reportsHad) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.attach(this);
    }
  }

  /** Dial the data address. */
  record OpenSession(Payload key) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.openSession(this);
    }
  }

  /** Send in the session. */
  record Send(FromSubmitter message) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.send(this);
    }
  }

  /**
   * Close the sockets, whatever is in them.
   *
   * @param reason empty = it is in order
   */
  record Disconnect(String reason) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.disconnect(this);
    }
  }

  /** This came and is for the engine: reports, a status, a question for files. */
  record Tell(ToSubmitter message) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.tell(this);
    }
  }

  /** The run cannot go on. */
  record Broke(String reason) implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.broke(this);
    }
  }

  /** The interchange has ended, as it was told to. */
  record Ended() implements LinkEffect {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ended(this);
    }
  }
}
