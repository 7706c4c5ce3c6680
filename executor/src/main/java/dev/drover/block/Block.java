package dev.drover.block;

import dev.drover.job.JobId;
import java.nio.file.Path;

/** One block, as the fleet keeps it. */
final class Block {
  final BlockId id;
  final Path directory;
  final long bornNanos;
  BlockState state;

  /** {@code null} until the scheduler has given one. */
  JobId job;

  boolean everLive;
  boolean cancelAsked;

  /** Since when it has had no manager any more; 0 = it has some. */
  long desertedNanos;

  /** Since when the scheduler has answered without a word of its job. */
  final Absence absence = new Absence();

  /** Since when the scheduler has refused it for reasons that may pass; 0 = it has not. */
  long refusedNanos;

  /** Since when the scheduler's answer to its submission is missing; 0 = it is not. */
  long unansweredNanos;

  /** How often the scheduler has said since then that it has no such job. */
  int timesNotFound;

  /** When it is to be submitted again, or looked for again; 0 = neither. */
  long dueNanos;

  /** Why this executor ends it; empty when it does not. */
  String reason = "";

  Block(BlockId id, Path directory, long bornNanos) {
    this.id = id;
    this.directory = directory;
    this.bornNanos = bornNanos;
    this.state = new BlockState.Submitting("");
  }

  boolean isSubmitting() {
    return state instanceof BlockState.Submitting;
  }

  boolean isDraining() {
    return state instanceof BlockState.Draining;
  }
}
