package dev.drover.executor;

import dev.drover.block.BlockId;
import dev.drover.block.BlockState;
import dev.drover.journal.BlockPhase;
import dev.drover.journal.JournalEntry;
import dev.drover.submit.ExecutorStatus;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A block entered another state: what the journal, the status and those who wait are told of it.
 *
 * @param job id of its job; empty = not known (yet)
 * @param word of the state
 * @param reason the scheduler's own words, or ours; empty = nothing to say
 */
record BlockNews(BlockId id, String job, BlockPhase phase, String word, String reason) {
  static BlockNews of(BlockId id, String job, BlockState state) {
    return new BlockNews(id, job, phase(state), state.word(), reason(state));
  }

  /** How a block on its way stands, for those who ask why tasks wait; empty = it is there. */
  String standing() {
    return isComing(phase)
        ? (job.isEmpty() ? "" : "(job " + job + ") ")
            + word
            + (reason.isEmpty() ? "" : ": " + reason)
        : "";
  }

  ExecutorStatus.Block status() {
    return new ExecutorStatus.Block(id.value(), job, word, 0, reason);
  }

  JournalEntry entry(Path directory) {
    return new JournalEntry.BlockChanged(
        Instant.now(), id.value(), job, phase, directory.toString(), reason);
  }

  private static boolean isComing(BlockPhase phase) {
    return switch (phase) {
      case SUBMITTING, QUEUED, STARTING -> true;
      case LIVE, DRAINING, ENDED -> false;
    };
  }

  private static String reason(BlockState state) {
    if (state instanceof BlockState.Ended ended) {
      return ended.reason();
    }
    if (state instanceof BlockState.Queued queued) {
      return queued.reason();
    }
    return state instanceof BlockState.Submitting submitting ? submitting.trouble() : "";
  }

  private static BlockPhase phase(BlockState state) {
    return state.match(
        new BlockState.Cases<>() {
          @Override
          public BlockPhase submitting(BlockState.Submitting submitting) {
            return BlockPhase.SUBMITTING;
          }

          @Override
          public BlockPhase queued(BlockState.Queued queued) {
            return BlockPhase.QUEUED;
          }

          @Override
          public BlockPhase starting(BlockState.Starting starting) {
            return BlockPhase.STARTING;
          }

          @Override
          public BlockPhase live(BlockState.Live live) {
            return BlockPhase.LIVE;
          }

          @Override
          public BlockPhase draining(BlockState.Draining draining) {
            return BlockPhase.DRAINING;
          }

          @Override
          public BlockPhase ended(BlockState.Ended ended) {
            return BlockPhase.ENDED;
          }
        });
  }
}
