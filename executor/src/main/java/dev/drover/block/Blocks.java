package dev.drover.block;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of a run, open and ended, and what is to be done about them, in order; what the parts
 * of a {@link BlockFleet} share. Pure.
 */
final class Blocks {
  final Map<BlockId, Block> open = new LinkedHashMap<>();
  private final List<EndedBlock> ended = new ArrayList<>();
  private final BlockErrorHandler errors;
  private List<BlockEffect> effects = new ArrayList<>();
  private boolean failed;
  private boolean ending;
  private long endingSinceNanos;

  Blocks(BlockErrorHandler errors) {
    this.errors = errors;
  }

  void add(BlockEffect effect) {
    effects.add(effect);
  }

  /** What is to be done since the last call. */
  List<BlockEffect> effects() {
    List<BlockEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** Whether more blocks may be asked for: no error has ended the run, and nobody else has. */
  boolean mayGrow() {
    return !failed && !ending;
  }

  /** Whether the run is over. */
  boolean areEnding() {
    return ending;
  }

  /** The run is over; whether that is new. */
  boolean end(long now) {
    if (ending) {
      return false;
    }
    ending = true;
    endingSinceNanos = now;
    return true;
  }

  boolean areEndingFor(Duration longer, long now) {
    return ending && now - endingSinceNanos > longer.toNanos();
  }

  void become(Block block, BlockState state) {
    if (!block.state.isTerminal() && !block.state.equals(state)) {
      block.state = state;
      effects.add(new BlockEffect.Changed(block.id, Optional.ofNullable(block.job), state));
    }
  }

  EndedBlock over(Block block, BlockEnd end, String reason, boolean walltime) {
    open.remove(block.id);
    EndedBlock over = new EndedBlock(block.id, end, block.directory, reason);
    ended.add(over);
    ended.sort(Comparator.comparing(EndedBlock::id));
    become(block, new BlockState.Ended(end, reason));
    effects.add(new BlockEffect.Over(over, walltime));
    return over;
  }

  /** A block was of no use; too many of these end the run. */
  void failed(EndedBlock over) {
    if (errors.givesUp(List.copyOf(ended), open.size())) {
      giveUp(over);
    }
  }

  /** No block can be had. */
  void giveUp(EndedBlock last) {
    if (mayGrow()) {
      failed = true;
      effects.add(new BlockEffect.GiveUp(last));
    }
  }

  /** Asks once for each job's end. */
  void cancel(Collection<Block> some, String reason) {
    List<Block> due = some.stream().filter(b -> !b.cancelAsked && b.job != null).toList();
    due.forEach(
        b -> {
          b.cancelAsked = true;
          b.reason = reason;
        });
    if (!due.isEmpty()) {
      effects.add(new BlockEffect.Cancel(due.stream().map(b -> b.job).toList()));
    }
  }
}
