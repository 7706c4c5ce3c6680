package dev.drover.block;

import dev.drover.block.SubmitPace.Trouble;
import dev.drover.job.JobId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Blocks on their way to the scheduler: how many are asked for and how many may be, which were
 * refused and are asked for again, which have no answer and are looked for. Pure; a part of {@link
 * BlockFleet}.
 */
final class Submissions {
  /** How soon a submission without an answer is looked for. */
  private static final Duration FIND_PERIOD = Duration.ofSeconds(5);

  /**
   * How long a scheduler that does not know a job may still come to know it: a frozen Slurm
   * controller took one in after its thaw, when {@code sbatch} had failed long before.
   */
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private final BlockSettings settings;
  private final Blocks blocks;
  private final SubmitPace pace;
  private final Function<BlockId, Path> directories;

  /** Blocks that were given up without an answer: their jobs may appear yet. */
  private final Set<BlockId> ghosts = new LinkedHashSet<>();

  private int lastNumber;

  /** Blocks that were asked for at the start or by hand, and could not be had at once. */
  private int asked;

  /**
   * @param firstNumber number of the first block
   * @param directories of blocks
   */
  Submissions(
      BlockSettings settings,
      Blocks blocks,
      SubmitPace pace,
      int firstNumber,
      Function<BlockId, Path> directories) {
    this.settings = settings;
    this.blocks = blocks;
    this.pace = pace;
    this.lastNumber = firstNumber - 1;
    this.directories = directories;
  }

  /** Somebody wants so many blocks, whatever the load is. */
  void ask(int count, long now) {
    asked += count;
    submit(asked, now);
  }

  /** The load wants so many blocks. */
  void need(int count, long now) {
    submit(Math.max(asked, count), now);
  }

  /** Asks for so many blocks, or as many as limits and pace allow now. */
  private void submit(int count, long now) {
    long queued =
        blocks.open.values().stream()
            .filter(b -> b.isSubmitting() || b.state instanceof BlockState.Queued)
            .count();
    long room = settings.max() - blocks.open.size();
    if (settings.maxQueued() > 0) {
      room = Math.min(room, settings.maxQueued() - queued);
    }
    long most = Math.min(Math.min(count, room), pace.allowed(now));
    for (int i = 0; i < most && blocks.mayGrow(); i++) {
      BlockId id = BlockId.of(++lastNumber);
      Block block = new Block(id, directories.apply(id), now);
      blocks.open.put(id, block);
      asked = Math.max(0, asked - 1);
      pace.took();
      blocks.add(new BlockEffect.Changed(id, Optional.empty(), block.state));
      blocks.add(new BlockEffect.Submit(id));
    }
    asked = Math.max(0, Math.min(asked, settings.max() - blocks.open.size()));
  }

  /** Refused blocks are submitted again, unanswered ones looked for. */
  void retry(long now) {
    for (Block block : blocks.open.values()) {
      boolean due = block.isSubmitting() && block.dueNanos != 0 && now - block.dueNanos >= 0;
      if (due && block.unansweredNanos != 0) {
        block.dueNanos = 0;
        blocks.add(new BlockEffect.Find(block.id));
      } else if (due && blocks.mayGrow() && block.reason.isEmpty() && pace.allowed(now) > 0) {
        block.dueNanos = 0;
        pace.took();
        blocks.add(new BlockEffect.Submit(block.id));
      }
    }
  }

  /**
   * A block that was refused so far is not asked for again; one without an answer is ended later.
   */
  void withdraw(Block block, String reason) {
    block.reason = reason;
    if (block.unansweredNanos == 0 && block.dueNanos != 0) {
      blocks.over(block, BlockEnd.SCALED_IN, reason, false);
    }
  }

  /** A submission of an earlier process of this run, which died before it had the answer. */
  void adoptUnanswered(BlockId id, Path directory, long now) {
    Block block = new Block(id, directory, now);
    blocks.open.put(id, block);
    unanswered(id, "the run's earlier process died while it submitted", now);
    block.dueNanos = now;
  }

  // What the scheduler answers.

  void submitted(BlockId id, JobId job) {
    Block block = blocks.open.get(id);
    pace.over(Trouble.REFUSED);
    block.job = job;
    block.refusedNanos = 0;
    block.unansweredNanos = 0;
    block.dueNanos = 0;
    blocks.become(block, new BlockState.Queued(job, ""));
    if (blocks.areEnding() || !block.reason.isEmpty()) {
      blocks.cancel(List.of(block), block.reason.isEmpty() ? "the run is over" : block.reason);
    }
  }

  /** No such block will ever be taken. */
  void invalid(BlockId id, String reason) {
    Block block = blocks.open.get(id);
    blocks.giveUp(blocks.over(block, BlockEnd.NOT_SUBMITTED, reason, false));
  }

  /** It was not taken this time. */
  void refused(BlockId id, String reason, long now) {
    Block block = blocks.open.get(id);
    pace.trouble(Trouble.REFUSED, now);
    block.unansweredNanos = 0;
    block.refusedNanos = block.refusedNanos == 0 ? now : block.refusedNanos;
    if (blocks.areEnding() || now - block.refusedNanos >= settings.patience().toNanos()) {
      failed(block, reason, now);
    } else {
      block.dueNanos = now + 1;
      blocks.become(block, new BlockState.Submitting(reason));
    }
  }

  /** Nobody knows whether it was taken. */
  void unanswered(BlockId id, String reason, long now) {
    Block block = blocks.open.get(id);
    block.unansweredNanos = now;
    block.timesNotFound = 0;
    block.dueNanos = now + FIND_PERIOD.toNanos();
    blocks.become(block, new BlockState.Submitting(reason));
  }

  /** The scheduler was asked for the block's job by its name. */
  void found(BlockId id, Optional<JobId> job, long now) {
    Block block = blocks.open.get(id);
    if (block == null) {
      job.filter(j -> ghosts.remove(id))
          .ifPresent(j -> blocks.add(new BlockEffect.Cancel(List.of(j))));
    } else if (job.isPresent()) {
      submitted(id, job.get());
    } else {
      block.timesNotFound++;
      block.dueNanos = now + FIND_PERIOD.toNanos();
      boolean settled = now - block.unansweredNanos >= SETTLE.toNanos();
      if (block.timesNotFound > 1 && settled || blocks.areEnding()) {
        ghosts.add(id);
        String trouble = ((BlockState.Submitting) block.state).trouble();
        failed(block, trouble + "\n  and the scheduler says that it has no such job", now);
      }
    }
  }

  private void failed(Block block, String reason, long now) {
    EndedBlock over = blocks.over(block, BlockEnd.NOT_SUBMITTED, reason, false);
    pace.trouble(Trouble.FAILED, now);
    blocks.failed(over);
  }

  /** It could not even be asked for the block's job. */
  void notFound(BlockId id, long now) {
    Block block = blocks.open.get(id);
    if (block != null) {
      block.dueNanos = now + FIND_PERIOD.toNanos();
    }
  }

  /** A manager of a block that is not open registered: its job appeared after all. */
  void appeared(BlockId id) {
    if (ghosts.contains(id)) {
      blocks.add(new BlockEffect.Find(id));
    }
  }

  /** The run is over: jobs that appeared unseen are looked for. */
  void end() {
    asked = 0;
    ghosts.forEach(id -> blocks.add(new BlockEffect.Find(id)));
  }
}
