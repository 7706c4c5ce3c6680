package dev.drover.worker;

import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import java.io.IOException;
import java.io.InvalidObjectException;

/**
 * Turns payloads into functions by one class loader: a fresh one for each call, unless {@link
 * Statelessness} proves that reuse cannot be seen. The proof is tried when the same bytes come for
 * the second time, so that functions of one call do not pay for it.
 *
 * <p>Confined to one thread.
 */
final class FunctionReader {
  private static final int REMEMBERED = 4;

  private final PayloadReader reader;
  private final Seen[] seen = new Seen[REMEMBERED];
  private int next;

  FunctionReader(ClassLoader loader) {
    this.reader = new PayloadReader(loader);
  }

  RemoteCall<?> read(Payload payload) throws IOException, ClassNotFoundException {
    Seen known = find(payload);
    if (known == null) {
      seen[next] = new Seen(payload);
      next = (next + 1) % REMEMBERED;
      return fresh(payload);
    }
    if (known.stateless != null) {
      return known.stateless;
    }
    RemoteCall<?> function = fresh(payload);
    if (!known.proofTried) {
      known.proofTried = true;
      known.stateless = Statelessness.isProvenFor(function) ? function : null;
    }
    return function;
  }

  private Seen find(Payload payload) {
    for (Seen candidate : seen) {
      if (candidate != null
          && (candidate.payload == payload || candidate.payload.equals(payload))) {
        return candidate;
      }
    }
    return null;
  }

  private RemoteCall<?> fresh(Payload payload) throws IOException, ClassNotFoundException {
    Object object = reader.read(payload);
    if (object instanceof RemoteCall<?> function) {
      return function;
    }
    throw new InvalidObjectException(
        "the payload holds "
            + (object == null ? "null" : "a " + object.getClass().getName())
            + ", not a RemoteCall");
  }

  private static final class Seen {
    final Payload payload;
    boolean proofTried;
    RemoteCall<?> stateless;

    Seen(Payload payload) {
      this.payload = payload;
    }
  }
}
