package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.Payload;
import java.util.List;
import java.util.Objects;

/** What a submitting process says to an interchange on a head node. */
public sealed interface FromSubmitter {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R attach(Attach message);

    R ready(Ready message);

    R ordered(Ordered message);

    R reportsHad(ReportsHad message);

    R askStatus(AskStatus message);

    R classpath(Classpath message);

    R filePart(FilePart message);

    R heartbeat(Heartbeat message);

    R detach(Detach message);
  }

  /**
   * Here I am, with what I have. On the control socket.
   *
   * @param route identity of my data socket: 16 random bytes
   * @param ordersTaken highest order of mine that I know to be taken; 0 = none
   * @param reportsHad up to which report I have them all; -1 = I do not know: tell me of {@code
   *     open}
   * @param open tasks whose ends I have not, where {@code reportsHad} is -1; else empty
   * @param droverVersion for the log
   */
  record Attach(
      SubmitterId submitter,
      Payload route,
      long ordersTaken,
      long reportsHad,
      List<IdRange> open,
      String droverVersion)
      implements FromSubmitter {
    /** Bytes of a route. */
    public static final int ROUTE_BYTES = 16;

    public Attach {
      Objects.requireNonNull(submitter);
      Objects.requireNonNull(droverVersion);
      open = List.copyOf(open);
      if (route.size() != ROUTE_BYTES || route.bytes()[0] == 0) {
        throw new IllegalArgumentException("a route has 16 bytes, the first of them not 0");
      }
      if (ordersTaken < 0 || reportsHad < -1) {
        throw new IllegalArgumentException("orders " + ordersTaken + ", reports " + reportsHad);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.attach(this);
    }
  }

  /** My data socket stands: the first message of a session. */
  record Ready() implements FromSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ready(this);
    }
  }

  /**
   * Do this.
   *
   * @param number of the order, from 1, without a gap
   */
  record Ordered(long number, Order order) implements FromSubmitter {
    public Ordered {
      Objects.requireNonNull(order);
      if (number < 1) {
        throw new IllegalArgumentException("orders count from 1, not " + number);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ordered(this);
    }
  }

  /** I have all reports up to this one, and they are in my journal. */
  record ReportsHad(long number) implements FromSubmitter {
    public ReportsHad {
      if (number < 0) {
        throw new IllegalArgumentException("reports count from 0, not " + number);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.reportsHad(this);
    }
  }

  /** What is going on? */
  record AskStatus() implements FromSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.askStatus(this);
    }
  }

  /** The files of a classpath, in order. */
  record Classpath(String id, List<ClasspathEntry> entries) implements FromSubmitter {
    public Classpath {
      Objects.requireNonNull(id);
      entries = List.copyOf(entries);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.classpath(this);
    }
  }

  /**
   * A part of a file.
   *
   * @param problem why there is none; empty = there is
   */
  record FilePart(String sha256, long offset, Payload bytes, boolean last, String problem)
      implements FromSubmitter {
    public FilePart {
      Objects.requireNonNull(sha256);
      Objects.requireNonNull(bytes);
      Objects.requireNonNull(problem);
      if (offset < 0) {
        throw new IllegalArgumentException("offset " + offset);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.filePart(this);
    }
  }

  /** Alive. Each one is answered by one. */
  record Heartbeat() implements FromSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.heartbeat(this);
    }
  }

  /** I leave; go on without me. */
  record Detach() implements FromSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.detach(this);
    }
  }
}
