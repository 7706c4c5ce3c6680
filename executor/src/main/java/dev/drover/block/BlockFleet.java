package dev.drover.block;

import dev.drover.block.BlockScaler.ActiveBlock;
import dev.drover.block.BlockScaler.Phase;
import dev.drover.block.BlockSupervisor.LoadReport;
import dev.drover.block.BlockSupervisor.Managers;
import dev.drover.job.JobId;
import dev.drover.job.JobStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All blocks of a run, and what follows from what is seen of them: a pure state machine, without a
 * clock, a thread or a scheduler of its own. Times are in nanoseconds of one clock. Effects gather
 * until {@link #effects} takes them. {@link Submissions} is how blocks are asked for, {@link
 * JobWatch} what the scheduler's answers mean for them; here is which of them the run needs.
 */
final class BlockFleet {
  private static final Duration YOUTH = Duration.ofSeconds(30);

  /** What a drained block's job gets to end by itself, once its managers have left. */
  private static final Duration DRAIN_GRACE = Duration.ofSeconds(10);

  private final BlockSettings settings;
  private final int expectedSlots;
  private final Blocks blocks;
  private final Submissions submissions;
  private final JobWatch jobWatch;

  /**
   * A fleet without blocks.
   *
   * @param firstNumber number of the first block: blocks of an earlier part of the run keep theirs
   * @param expectedSlots what a block is expected to bring before its managers tell, at least 1
   * @param directories of blocks
   */
  BlockFleet(
      BlockSettings settings,
      BlockErrorHandler errors,
      int firstNumber,
      int expectedSlots,
      Function<BlockId, Path> directories) {
    this.settings = settings;
    this.expectedSlots = expectedSlots;
    this.blocks = new Blocks(errors);
    SubmitPace pace = new SubmitPace(settings.pace());
    this.submissions = new Submissions(settings, blocks, pace, firstNumber, directories);
    this.jobWatch = new JobWatch(settings, blocks, pace);
  }

  /** What is to be done since the last call. */
  List<BlockEffect> effects() {
    return blocks.effects();
  }

  /** Jobs to ask the scheduler about. */
  Set<JobId> jobs() {
    return blocks.open.values().stream()
        .filter(b -> b.job != null)
        .map(b -> b.job)
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean isOpen(BlockId id) {
    return blocks.open.containsKey(id);
  }

  boolean isEmpty() {
    return blocks.open.isEmpty();
  }

  /** Whether a block is so new that most of what can go wrong at a start is still before it. */
  boolean isYoung(long now) {
    return blocks.open.values().stream()
        .anyMatch(b -> !b.everLive && now - b.bornNanos < YOUTH.toNanos());
  }

  Collection<Block> open() {
    return blocks.open.values();
  }

  // What somebody asks for.

  /** The run begins. */
  void begin(long now) {
    submissions.ask(Math.max(0, settings.init() - blocks.open.size()), now);
  }

  /** A job of an earlier process of this run that waits in the queue: it is this one's now. */
  void adopt(BlockId id, JobId job, Path directory, long now) {
    Block block = new Block(id, directory, now);
    block.job = job;
    blocks.open.put(id, block);
    blocks.become(block, new BlockState.Queued(job, "adopted from the run's earlier process"));
  }

  /** A submission of an earlier process of this run, which died before it had the answer. */
  void adoptUnanswered(BlockId id, Path directory, long now) {
    submissions.adoptUnanswered(id, directory, now);
  }

  void scaleOut(int count, long now) {
    submissions.ask(count, now);
  }

  void scaleIn(List<BlockId> ids, long now) {
    ids.stream().map(blocks.open::get).forEach(block -> drain(block, "it is given back", now));
  }

  /** A manager of the block registered, for however short a time. */
  void joined(BlockId id) {
    Block block = blocks.open.get(id);
    if (block != null) {
      block.everLive = true;
    } else {
      submissions.appeared(id);
    }
  }

  /** The run is over: nothing more is asked for, and all blocks end. */
  void end(long now) {
    if (blocks.end(now)) {
      submissions.end();
    }
  }

  /** The run ends at once: so do its jobs. */
  void abandon(long now) {
    end(now);
    blocks.cancel(blocks.open.values(), "the run was ended at once");
  }

  // What the scheduler answers.

  void submitted(BlockId id, JobId job) {
    submissions.submitted(id, job);
  }

  /** No such block will ever be taken. */
  void invalid(BlockId id, String reason) {
    submissions.invalid(id, reason);
  }

  /** It was not taken this time. */
  void refused(BlockId id, String reason, long now) {
    submissions.refused(id, reason, now);
  }

  /** Nobody knows whether it was taken. */
  void unanswered(BlockId id, String reason, long now) {
    submissions.unanswered(id, reason, now);
  }

  /** The scheduler was asked for the block's job by its name. */
  void found(BlockId id, Optional<JobId> job, long now) {
    submissions.found(id, job, now);
  }

  /** It could not even be asked for the block's job. */
  void notFound(BlockId id, long now) {
    submissions.notFound(id, now);
  }

  // What is seen.

  /**
   * A look at all blocks.
   *
   * @param statuses of their jobs; empty when the scheduler was not asked, or could not be. What
   *     has no entry is as it was
   */
  void look(Optional<Map<JobId, JobStatus>> statuses, LoadReport load, long now) {
    jobWatch.watch(statuses.orElse(Map.of()), load.managers(), now);
    statuses.ifPresent(seen -> jobWatch.forget(seen, load.managers(), now));
    if (blocks.areEnding()) {
      endBlocks(now);
    } else if (blocks.mayGrow()) {
      scale(load, now);
    }
    submissions.retry(now);
  }

  // What follows.

  private void scale(LoadReport load, long now) {
    List<ActiveBlock> active = new ArrayList<>();
    for (Block block : blocks.open.values()) {
      active.add(active(block, load.managers().get(block.id), now));
    }
    BlockScaler.Decision decision =
        BlockScaler.decide(new BlockScaler.Load(load.slots()), active, expectedSlots, settings);
    decision.drain().forEach(id -> drain(blocks.open.get(id), "it had nothing to do", now));
    cancelStuckDrains(load.managers(), now);
    submissions.need(decision.submit(), now);
  }

  private ActiveBlock active(Block block, Managers managers, long now) {
    boolean leaves = block.isDraining() || block.cancelAsked || !block.reason.isEmpty();
    Phase phase =
        leaves
            ? Phase.DRAINING
            : managers != null || block.everLive
                ? Phase.LIVE
                : block.state instanceof BlockState.Starting ? Phase.STARTING : Phase.QUEUED;
    int slots = managers != null ? managers.slots() : block.everLive ? 0 : expectedSlots;
    return new ActiveBlock(block.id, slots, idleNanos(block, managers, phase, now), phase);
  }

  /**
   * One whose managers are on their way is not idle: its nodes were waited for, and what there is
   * to do may come as soon as it can be done. {@code executor.start-timeout} ends it if they stay
   * away.
   */
  private static long idleNanos(Block block, Managers managers, Phase phase, long now) {
    if (managers != null) {
      return managers.idleNanos();
    }
    return block.everLive || phase == Phase.STARTING ? -1 : now - block.bornNanos;
  }

  private void drain(Block block, String reason, long now) {
    if (block == null || block.isDraining() || block.cancelAsked) {
      return;
    }
    if (block.isSubmitting()) {
      submissions.withdraw(block, reason);
      return;
    }
    blocks.become(block, new BlockState.Draining(block.job, now));
    if (block.everLive) {
      blocks.add(new BlockEffect.Drain(block.id, reason));
    } else {
      blocks.cancel(List.of(block), reason);
    }
  }

  /** A drained block's job should end by itself once its managers have left. */
  private void cancelStuckDrains(Map<BlockId, Managers> managers, long now) {
    blocks.cancel(
        blocks.open.values().stream()
            .filter(
                b ->
                    b.state instanceof BlockState.Draining draining
                        && !managers.containsKey(b.id)
                        && now - draining.sinceNanos() > DRAIN_GRACE.toNanos())
            .toList(),
        "its managers have left");
  }

  /** Managers were told to stop: their jobs end by themselves, or are cancelled after a moment. */
  private void endBlocks(long now) {
    boolean late = blocks.areEndingFor(DRAIN_GRACE, now);
    List<Block> due = blocks.open.values().stream().filter(b -> !b.everLive || late).toList();
    due.stream()
        .filter(Block::isSubmitting)
        .forEach(b -> submissions.withdraw(b, "the run is over"));
    blocks.cancel(due, "the run is over");
  }

  /** Cancellations that the scheduler may have missed are asked again. */
  void cancelAgain() {
    List<JobId> asked =
        blocks.open.values().stream()
            .filter(b -> b.cancelAsked && b.job != null)
            .map(b -> b.job)
            .toList();
    if (!asked.isEmpty()) {
      blocks.add(new BlockEffect.Cancel(asked));
    }
  }
}
