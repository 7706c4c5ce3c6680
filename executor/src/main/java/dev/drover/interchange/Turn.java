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
  private int performed;
  private long now;

  void begin(long nowMicros) {
    now = nowMicros;
    effects = new ArrayList<>();
    performed = 0;
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

  /** The next of the effects was done. */
  void performed() {
    performed++;
  }

  /** What has been done of this turn. */
  List<Effect> done() {
    return effects.subList(0, performed);
  }

  /** What is still to be done of this turn. */
  List<Effect> undone() {
    return effects.subList(performed, effects.size());
  }
}
