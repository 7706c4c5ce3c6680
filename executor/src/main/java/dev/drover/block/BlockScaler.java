package dev.drover.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How many blocks to ask for and which to give back: a pure function of the load, the blocks and
 * the settings. The rules are those of Parsl's strategies {@code simple} and {@code
 * htex_auto_scale}, except that {@code min} blocks are kept alive, that waiting work counts in
 * slots, that held and unanswered blocks count, and that a block is given back by draining and only
 * when it is idle.
 */
public final class BlockScaler {
  /**
   * What there is to do.
   *
   * @param slots that the unfinished tasks take, waiting and running ones
   */
  public record Load(long slots) {}

  /**
   * One block that is not over.
   *
   * @param slots of its managers, or what is expected of it
   * @param idleNanos how long it has had no task, or has been waiting in the queue; -1 = it has
   *     some, or its managers are on their way
   * @param phase how far it has come
   */
  public record ActiveBlock(BlockId id, int slots, long idleNanos, Phase phase) {}

  /** How far a block has come; what comes first is given back first. */
  public enum Phase {
    /** In the scheduler's queue, or on its way there: it has cost nothing yet. */
    QUEUED,
    /** Its job runs, no manager has come. */
    STARTING,
    /** It has managers. */
    LIVE,
    /** It is on its way out. */
    DRAINING
  }

  /**
   * What is to be done.
   *
   * @param submit number of new blocks
   * @param drain blocks to give back
   */
  public record Decision(int submit, List<BlockId> drain) {
    public Decision {
      drain = List.copyOf(drain);
    }
  }

  private BlockScaler() {}

  /**
   * What to do now.
   *
   * @param slotsPerBlock what a new block is expected to bring, at least 1
   */
  public static Decision decide(
      Load load, List<ActiveBlock> blocks, int slotsPerBlock, BlockSettings settings) {
    List<ActiveBlock> serving = blocks.stream().filter(b -> b.phase() != Phase.DRAINING).toList();
    int active = serving.size();
    if (settings.strategy() == BlockSettings.Strategy.NONE) {
      return new Decision(0, List.of());
    }
    int room = Math.max(0, settings.max() - blocks.size());
    int missing = Math.max(0, settings.min() - active);
    if (load.slots() == 0) {
      return new Decision(
          Math.min(missing, room), idle(serving, active - settings.min(), settings));
    }
    long slots = serving.stream().mapToLong(ActiveBlock::slots).sum();
    double wanted = load.slots() * settings.parallelism();
    if (active == 0 || slots < wanted) {
      long blocksWanted = (long) Math.ceil(Math.ceil(wanted - slots) / Math.max(1, slotsPerBlock));
      long submit = Math.max(active == 0 ? 1 : 0, Math.max(missing, blocksWanted));
      return new Decision((int) Math.min(submit, room), List.of());
    }
    if (settings.strategy() == BlockSettings.Strategy.SIMPLE) {
      return new Decision(Math.min(missing, room), List.of());
    }
    long excess = (long) Math.floor(Math.floor(slots - wanted) / Math.max(1, slotsPerBlock));
    // While there is work one block stays, or the next look would ask for it again.
    int surplus = (int) Math.min(excess, active - Math.max(1, settings.min()));
    return new Decision(Math.min(missing, room), idle(serving, surplus, settings));
  }

  /** At most so many blocks that have been idle for long enough: youngest phase, longest idle. */
  private static List<BlockId> idle(List<ActiveBlock> blocks, int most, BlockSettings settings) {
    List<ActiveBlock> idle = new ArrayList<>(blocks);
    idle.removeIf(b -> b.idleNanos() < settings.maxIdleTime().toNanos() || b.idleNanos() < 0);
    idle.sort(
        Comparator.comparing(ActiveBlock::phase)
            .thenComparing(Comparator.comparingLong(ActiveBlock::idleNanos).reversed()));
    return idle.stream().limit(Math.max(0, most)).map(ActiveBlock::id).toList();
  }
}
