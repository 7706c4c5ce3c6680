package dev.drover.mpi;

import java.util.Collection;

/**
 * The nodes that are kept for the first task that does not fit, so that it is not passed over for
 * ever.
 *
 * <p>Where it is known when they are free, the time never moves back: who borrows one ends before
 * it. Where it is not, because tasks without a limit run there, nodes are kept once the task has
 * waited long enough; of them those that are free stay free, and each node that comes free is kept
 * first of all.
 */
final class Reservation {
  private long patienceMicros;

  /** Who is first, since when, and what is foreseen for it; null = nobody. */
  private WaitingTask task;

  private long sinceMicros;
  private PackedBlock.Forecast forecast;
  private boolean isKept;

  Reservation(long patienceMicros) {
    this.patienceMicros = patienceMicros;
  }

  /** How long a task is passed over from now on while nobody knows when its nodes come free. */
  void setPatience(long micros) {
    patienceMicros = micros;
  }

  /** The task that is first; null = none. */
  WaitingTask task() {
    return task;
  }

  /** The nodes may be had by anyone, until they are kept again. */
  void letGo() {
    if (isKept) {
      forecast.nodes().forEach(node -> node.kept = 0);
      isKept = false;
    }
  }

  /** Nobody is first. */
  void clear() {
    letGo();
    task = null;
    forecast = null;
  }

  void clearIfIn(PackedBlock block) {
    if (forecast != null && forecast.block() == block) {
      clear();
    }
  }

  /**
   * Keeps nodes for the first task of a queue, which does not fit now; false if it cannot come to
   * fit in any block that there is, so that the next one is first.
   */
  boolean keep(WaitingQueue queue, Collection<PackedBlock> blocks, long now) {
    PackedBlock.Forecast best = best(queue.shape, blocks, now);
    if (best == null) {
      return false;
    }
    if (task != queue.first()) {
      task = queue.first();
      sinceMicros = now;
    }
    forecast = best;
    isKept = best.isKnown() || now - sinceMicros >= patienceMicros;
    if (isKept) {
      best.nodes().forEach(node -> node.kept = node.keptFor(queue.shape.request()));
    }
    return true;
  }

  /** What a task can have first that cannot have any nodes now; null = none at all. */
  private PackedBlock.Forecast best(
      WaitingQueue.Shape shape, Collection<PackedBlock> blocks, long now) {
    PackedBlock.Forecast best = null;
    for (PackedBlock block : blocks) {
      PackedBlock.Forecast one = block.forecast(shape.request(), now, patienceMicros);
      if (one != null
          && block.hasTime(one.isKnown() ? one.startMicros() : now, shape.time())
          && (best == null || isSooner(one, best))) {
        best = one;
      }
    }
    return best;
  }

  /** Of equals, the block that it was kept in before, and then the one with more nodes ready. */
  private boolean isSooner(PackedBlock.Forecast one, PackedBlock.Forecast other) {
    if (one.startMicros() != other.startMicros()) {
      return one.startMicros() < other.startMicros();
    }
    PackedBlock before = forecast == null ? null : forecast.block();
    if (one.block() == before || other.block() == before) {
      return one.block() == before;
    }
    return one.ready() > other.ready();
  }

  /** Whether some nodes of the block are kept. */
  boolean isIn(PackedBlock block) {
    return isKept && forecast.block() == block;
  }

  /**
   * Whether a task that starts now ends before the nodes that are kept in the block are all free.
   */
  boolean lendsFor(PackedBlock block, long limitMicros, long now) {
    return isIn(block)
        && limitMicros > 0
        && forecast.isKnown()
        && now + limitMicros <= forecast.startMicros();
  }

  /** When the first task starts at the latest; {@link PackedBlock#NEVER} = nobody knows. */
  long startMicros() {
    return forecast == null ? PackedBlock.NEVER : forecast.startMicros();
  }

  /** What is foreseen for the first task, for a message. */
  String describe(long now) {
    return "it is next, "
        + (isKept ? "and has kept for it " : "for ")
        + words(forecast, ", free in %d s at the latest", ", free", now);
  }

  /** What such a task can have first where nothing is kept for anyone, for a message. */
  String soonest(WaitingQueue.Shape shape, Collection<PackedBlock> blocks, long now) {
    PackedBlock.Forecast soonest = best(shape, blocks, now);
    return soonest == null
        ? "those of a new block"
        : words(soonest, ", in %d s at the latest", ",", now);
  }

  private static String words(
      PackedBlock.Forecast forecast, String ifKnown, String ifNot, long now) {
    return String.join(", ", forecast.nodes().stream().map(node -> node.name).sorted().toList())
        + " of block "
        + forecast.block().name
        + (forecast.isKnown()
            ? ifKnown.formatted((forecast.startMicros() - now + 999_999) / 1_000_000)
            : ifNot + " when tasks without a time limit end");
  }
}
