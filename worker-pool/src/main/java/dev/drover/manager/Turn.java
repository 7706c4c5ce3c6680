package dev.drover.manager;

import dev.drover.protocol.FromManager;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of the manager's state: what time it is, and what is to be done, in order. The loop's
 * thread only.
 */
final class Turn {
  private List<Effect> effects = new ArrayList<>();
  private long now;

  Turn(long nowMicros) {
    this.now = nowMicros;
  }

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

  void send(FromManager message) {
    effects.add(new Effect.Send(message));
  }

  List<Effect> effects() {
    return effects;
  }
}
