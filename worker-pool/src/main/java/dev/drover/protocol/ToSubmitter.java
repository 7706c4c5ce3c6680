package dev.drover.protocol;

import dev.drover.task.Payload;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What an interchange on a head node says to the process that submits to it. */
public sealed interface ToSubmitter {

  <R> R match(Cases<R> cases);

  /** One method for each message. */
  interface Cases<R> {
    R welcome(Welcome message);

    R refused(Refused message);

    R ordersTaken(OrdersTaken message);

    R reports(Reports message);

    R status(Status message);

    R needClasspath(NeedClasspath message);

    R needFile(NeedFile message);

    R badState(BadState message);

    R heartbeat(Heartbeat message);

    R ended(Ended message);
  }

  /**
   * Attached. On the control socket.
   *
   * @param key of the session
   * @param ordersReceived go on with the order after this one
   * @param lastAccepted highest id of the tasks that are accepted; 0 = none
   */
  record Welcome(Payload key, long ordersReceived, long lastAccepted) implements ToSubmitter {
    public Welcome {
      Objects.requireNonNull(key);
      if (ordersReceived < 0 || lastAccepted < 0) {
        throw new IllegalArgumentException("orders " + ordersReceived + ", tasks " + lastAccepted);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.welcome(this);
    }
  }

  /**
   * Not attached, or no more.
   *
   * @param mayReturn whether it is worth trying again
   */
  record Refused(String reason, boolean mayReturn) implements ToSubmitter {
    public Refused {
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refused(this);
    }
  }

  /** All orders up to this one are done; tasks that they submitted are in the journal here. */
  record OrdersTaken(long number) implements ToSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ordersTaken(this);
    }
  }

  /**
   * How tasks ended.
   *
   * @param from these follow that report
   * @param upTo with these, all reports up to this one were told: there may be fewer of them, where
   *     others say nothing new
   */
  record Reports(long from, long upTo, List<EndedTask> ended) implements ToSubmitter {
    public Reports {
      ended = List.copyOf(ended);
      if (from < 0 || upTo < from || ended.size() > upTo - from) {
        throw new IllegalArgumentException(ended.size() + " reports from " + from + " to " + upTo);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.reports(this);
    }
  }

  /**
   * What is going on.
   *
   * @param badState why the interchange takes no more tasks; empty = it is well
   */
  record Status(
      long queued,
      long assigned,
      long finished,
      long failed,
      int slots,
      List<ManagerStatus> managers,
      List<BlockStatus> blocks,
      Optional<String> badState)
      implements ToSubmitter {
    public Status {
      managers = List.copyOf(managers);
      blocks = List.copyOf(blocks);
      Objects.requireNonNull(badState);
    }

    /** One connected manager; as in the status of an executor. */
    public record ManagerStatus(
        String id,
        String host,
        String block,
        int slots,
        int tasks,
        String state,
        long idleSeconds) {}

    /** One block; as in the status of an executor. */
    public record BlockStatus(String id, String job, String state, int managers, String reason) {}

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.status(this);
    }
  }

  /** Which files is it? */
  record NeedClasspath(String id) implements ToSubmitter {
    public NeedClasspath {
      Objects.requireNonNull(id);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.needClasspath(this);
    }
  }

  /** Send that file from there. */
  record NeedFile(String sha256, long offset) implements ToSubmitter {
    public NeedFile {
      Objects.requireNonNull(sha256);
      if (offset < 0) {
        throw new IllegalArgumentException("offset " + offset);
      }
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.needFile(this);
    }
  }

  /** The interchange takes no more tasks, and ends those that it has. */
  record BadState(String reason) implements ToSubmitter {
    public BadState {
      Objects.requireNonNull(reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.badState(this);
    }
  }

  /** Alive. */
  record Heartbeat() implements ToSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.heartbeat(this);
    }
  }

  /** The last word: managers and blocks are ended, and so am I. */
  record Ended() implements ToSubmitter {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.ended(this);
    }
  }
}
