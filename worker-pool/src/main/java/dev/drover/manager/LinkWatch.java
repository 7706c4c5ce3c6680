package dev.drover.manager;

import dev.drover.protocol.FromManager;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a manager stays registered: it gives signs of life, registers again after a silence or when
 * its own process stood still, and gives up when the silence is too long. The loop's thread only.
 */
final class LinkWatch {
  private static final Logger log = LoggerFactory.getLogger(LinkWatch.class);
  private static final long FINDING_MICROS = 1_000_000;
  private static final long CONNECTING_STEP_MICROS = 20_000;

  private final WorkerPoolOptions options;
  private final ManagerLink link;
  private final IntSupplier capacity;
  private final Consumer<String> fail;
  private Patience patience = Patience.DEFAULT;
  private long saidMicros;
  private long turnMicros = ManagerLoop.nowMicros();
  private long findingUntilMicros;
  private boolean joinedOnce;

  /**
   * @param capacity tasks that the manager wants to have, told with each sign of life
   * @param fail told why it is given up
   */
  LinkWatch(
      WorkerPoolOptions options, ManagerLink link, IntSupplier capacity, Consumer<String> fail) {
    this.options = options;
    this.link = link;
    this.capacity = capacity;
    this.fail = fail;
  }

  /** As the interchange wants it. */
  Patience patience() {
    return patience;
  }

  /** A session stands; whether it is the first. */
  boolean joined(Patience wanted) {
    boolean isFirst = !joinedOnce;
    patience = wanted;
    joinedOnce = true;
    return isFirst;
  }

  /**
   * Begins a turn of the loop. A process that was stopped has not heard anybody, which says nothing
   * about the interchange: it registers again, and is told what has become of its tasks.
   */
  void turn() throws IOException {
    long now = ManagerLoop.nowMicros();
    long gap = now - turnMicros;
    turnMicros = now;
    if (joinedOnce && gap > patience.standstill()) {
      log.warn("this process stood still for {} s: registering again", gap / 1_000_000);
      link.stoodStill(now);
      link.join(now);
      findingUntilMicros = now + FINDING_MICROS;
    }
  }

  /**
   * Until when tasks may begin without another turn; {@link System#nanoTime}. From the turn's
   * start: the process may have stood still since.
   */
  long leaseEndNanos() {
    return 1_000 * (turnMicros + patience.standstill());
  }

  /**
   * Nothing new is begun until the interchange has said which tasks are still this manager's, or
   * for a moment at most.
   */
  boolean isFinding() {
    if (findingUntilMicros != 0
        && (link.hasHeardInSession() || ManagerLoop.nowMicros() > findingUntilMicros)) {
      findingUntilMicros = 0;
    }
    return findingUntilMicros != 0;
  }

  void say(FromManager message) {
    if (link.send(message)) {
      saidMicros = ManagerLoop.nowMicros();
    }
  }

  /** What only the passing of time brings. */
  void onTime(long now) throws IOException {
    link.tick(now);
    long silence = link.silenceMicros(now);
    if (!joinedOnce) {
      if (silence > options.probeTimeout().toNanos() / 1_000) {
        fail.accept(
            ("no interchange answered at port %d of %s within %d s: is a firewall between this node and the submitting one? "
                    + "executor.address sets the address, executor.address-probe-timeout the patience")
                .formatted(
                    options.port(),
                    String.join(", ", options.addresses()),
                    options.probeTimeout().toSeconds()));
      }
      return;
    }
    if (silence > patience.fence()) {
      fail.accept(
          "the interchange at %s has been silent for %d s"
              .formatted(link.address(), silence / 1_000_000));
    } else if (link.isJoined() && silence > patience.registerAgain()) {
      log.warn("nothing from the interchange for {} s: registering again", silence / 1_000_000);
      link.join(now);
    }
    if (link.isJoined() && now - saidMicros >= patience.heartbeat()) {
      say(new FromManager.Heartbeat(capacity.getAsInt()));
    }
  }

  /** Microseconds until {@link #onTime} has something to do. */
  long untilNext(long now) {
    return link.hasHeardInSession()
        ? Math.max(0, saidMicros + patience.heartbeat() - now)
        : CONNECTING_STEP_MICROS;
  }
}
