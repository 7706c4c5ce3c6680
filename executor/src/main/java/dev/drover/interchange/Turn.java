package dev.drover.interchange;

import dev.drover.protocol.ToManager;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of the interchange: what time it is, and what is to be done, in order. The loop's thread
 * only.
 */
final class Turn {
  private List<Effect> effects = new ArrayList<>();
  private long now;

  void begin(long nowMicros) {
    now = nowMicros;
    effects = new ArrayList<>();
  }

  /** Monotonic microseconds. */
  long now() {
    return now;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void send(Manager manager, ToManager message) {
    manager.saidMicros = now;
    effects.add(new Effect.Send(manager.id(), message, manager.acked));
  }

  List<Effect> effects() {
    return effects;
  }
}
