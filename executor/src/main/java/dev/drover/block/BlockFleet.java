package dev.drover.block;

import dev.drover.block.BlockScaler.ActiveBlock;
import dev.drover.block.BlockScaler.Phase;
import dev.drover.block.BlockSupervisor.LoadReport;
import dev.drover.block.BlockSupervisor.Managers;
import dev.drover.block.SubmitPace.Trouble;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All blocks of a run, and what follows from what is seen of them: a pure state machine, without a
 * clock, a thread or a scheduler of its own. Times are in nanoseconds of one clock. Effects gather
 * until {@link #effects} takes them.
 */
final class BlockFleet {
  /** How soon a submission without an answer is looked for. */
  private static final Duration FIND_PERIOD = Duration.ofSeconds(5);

  /**
   * How long a scheduler that does not know a job may still come to know it: a frozen Slurm
   * controller took one in after its thaw, when {@code sbatch} had failed long before.
   */
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private static final Duration YOUTH = Duration.ofSeconds(30);

  /** How long a scheduler may not know a job, while it answers, until the job is given up. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  /** What a drained block's job gets to end by itself, once its managers have left. */
  private static final Duration DRAIN_GRACE = Duration.ofSeconds(10);

  private final BlockSettings settings;
  private final BlockErrorHandler errors;
  private final int expectedSlots;
  private final Function<BlockId, Path> directories;
  private final SubmitPace pace;
  private final Map<BlockId, Block> open = new LinkedHashMap<>();
  private final List<EndedBlock> ended = new ArrayList<>();

  /** Blocks that were given up without an answer: their jobs may appear yet. */
  private final Set<BlockId> ghosts = new LinkedHashSet<>();

  private List<BlockEffect> effects = new ArrayList<>();
  private int lastNumber;

  /** Blocks that were asked for at the start or by hand, and could not be had at once. */
  private int asked;

  private boolean failed;
  private boolean ending;
  private long endingSinceNanos;

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
    this.errors = errors;
    this.lastNumber = firstNumber - 1;
    this.expectedSlots = expectedSlots;
    this.directories = directories;
    this.pace = new SubmitPace(settings.pace());
  }

  /** What is to be done since the last call. */
  List<BlockEffect> effects() {
    List<BlockEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** Jobs to ask the scheduler about. */
  Set<JobId> jobs() {
    return open.values().stream()
        .filter(b -> b.job != null)
        .map(b -> b.job)
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean isOpen(BlockId id) {
    return open.containsKey(id);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Whether a block is so new that most of what can go wrong at a start is still before it. */
  boolean isYoung(long now) {
    return open.values().stream().anyMatch(b -> !b.everLive && now - b.bornNanos < YOUTH.toNanos());
  }

  Collection<Block> open() {
    return open.values();
  }

  // What somebody asks for.

  /** The run begins. */
  void begin(long now) {
    asked = Math.max(0, settings.init() - open.size());
    submit(asked, now);
  }

  /** A job of an earlier process of this run that waits in the queue: it is this one's now. */
  void adopt(BlockId id, JobId job, Path directory, long now) {
    Block block = new Block(id, directory, now);
    block.job = job;
    open.put(id, block);
    become(block, new BlockState.Queued(job, "adopted from the run's earlier process"));
  }

  /** A submission of an earlier process of this run, which died before it had the answer. */
  void adoptUnanswered(BlockId id, Path directory, long now) {
    Block block = new Block(id, directory, now);
    open.put(id, block);
    unanswered(id, "the run's earlier process died while it submitted", now);
    block.dueNanos = now;
  }

  void scaleOut(int count, long now) {
    asked += count;
    submit(asked, now);
  }

  void scaleIn(List<BlockId> ids, long now) {
    ids.stream().map(open::get).forEach(block -> drain(block, "it is given back", now));
  }

  /** A manager of the block registered, for however short a time. */
  void joined(BlockId id) {
    Block block = open.get(id);
    if (block != null) {
      block.everLive = true;
    } else if (ghosts.contains(id)) {
      effects.add(new BlockEffect.Find(id));
    }
  }

  /** The run is over: nothing more is asked for, and all blocks end. */
  void end(long now) {
    if (!ending) {
      ending = true;
      endingSinceNanos = now;
      asked = 0;
      ghosts.forEach(id -> effects.add(new BlockEffect.Find(id)));
    }
  }

  /** The run ends at once: so do its jobs. */
  void abandon(long now) {
    end(now);
    cancel(open.values(), "the run was ended at once");
  }

  // What the scheduler answers.

  void submitted(BlockId id, JobId job) {
    Block block = open.get(id);
    pace.over(Trouble.REFUSED);
    block.job = job;
    block.refusedNanos = 0;
    block.unansweredNanos = 0;
    block.dueNanos = 0;
    become(block, new BlockState.Queued(job, ""));
    if (ending || !block.reason.isEmpty()) {
      cancel(List.of(block), block.reason.isEmpty() ? "the run is over" : block.reason);
    }
  }

  /** No such block will ever be taken. */
  void invalid(BlockId id, String reason) {
    EndedBlock end = over(open.get(id), BlockEnd.NOT_SUBMITTED, reason, false);
    giveUp(end);
  }

  /** It was not taken this time. */
  void refused(BlockId id, String reason, long now) {
    Block block = open.get(id);
    pace.trouble(Trouble.REFUSED, now);
    block.unansweredNanos = 0;
    block.refusedNanos = block.refusedNanos == 0 ? now : block.refusedNanos;
    if (ending || now - block.refusedNanos >= settings.patience().toNanos()) {
      failed(over(block, BlockEnd.NOT_SUBMITTED, reason, false), now);
    } else {
      block.dueNanos = now + 1;
      become(block, new BlockState.Submitting(reason));
    }
  }

  /** Nobody knows whether it was taken. */
  void unanswered(BlockId id, String reason, long now) {
    Block block = open.get(id);
    block.unansweredNanos = now;
    block.timesNotFound = 0;
    block.dueNanos = now + FIND_PERIOD.toNanos();
    become(block, new BlockState.Submitting(reason));
  }

  /** The scheduler was asked for the block's job by its name. */
  void found(BlockId id, Optional<JobId> job, long now) {
    Block block = open.get(id);
    if (block == null) {
      job.filter(j -> ghosts.remove(id))
          .ifPresent(j -> effects.add(new BlockEffect.Cancel(List.of(j))));
    } else if (job.isPresent()) {
      submitted(id, job.get());
    } else {
      block.timesNotFound++;
      block.dueNanos = now + FIND_PERIOD.toNanos();
      boolean settled = now - block.unansweredNanos >= SETTLE.toNanos();
      if (block.timesNotFound > 1 && settled || ending) {
        ghosts.add(id);
        failed(
            over(
                block,
                BlockEnd.NOT_SUBMITTED,
                ((BlockState.Submitting) block.state).trouble()
                    + "\n  and the scheduler says that it has no such job",
                false),
            now);
      }
    }
  }

  /** It could not even be asked for the block's job. */
  void notFound(BlockId id, long now) {
    Block block = open.get(id);
    if (block != null) {
      block.dueNanos = now + FIND_PERIOD.toNanos();
    }
  }

  // What is seen.

  /**
   * A look at all blocks.
   *
   * @param statuses of their jobs; empty when the scheduler was not asked, or could not be. What
   *     has no entry is as it was
   */
  void look(Optional<Map<JobId, JobStatus>> statuses, LoadReport load, long now) {
    watch(statuses.orElse(Map.of()), load.managers(), now);
    statuses.ifPresent(seen -> forget(seen, load.managers(), now));
    if (ending) {
      endBlocks(now);
    } else if (!failed) {
      scale(load, now);
    }
    retry(now);
  }

  private void watch(Map<JobId, JobStatus> statuses, Map<BlockId, Managers> managers, long now) {
    for (Block block : List.copyOf(open.values())) {
      boolean live = managers.containsKey(block.id);
      block.everLive |= live;
      JobStatus status = block.job == null ? null : statuses.get(block.job);
      if (status != null && status.state().isTerminal()) {
        ended(block, status, now);
      } else if (block.job != null) {
        alive(block, Optional.ofNullable(status), live, now);
      }
      block.desertedNanos = live ? 0 : block.desertedNanos;
    }
  }

  /**
   * A job that the scheduler no longer knows, that left no exit code and has no manager: absence is
   * no outcome, but for so long it only holds the place of a block that could work.
   */
  private void forget(Map<JobId, JobStatus> statuses, Map<BlockId, Managers> managers, long now) {
    for (Block block : List.copyOf(open.values())) {
      boolean known =
          block.job == null || statuses.containsKey(block.job) || managers.containsKey(block.id);
      if (known) {
        block.unknownNanos = 0;
      } else if (block.unknownNanos == 0) {
        block.unknownNanos = now;
      } else if (now - block.unknownNanos > FORGOTTEN.toNanos()) {
        effects.add(new BlockEffect.Cancel(List.of(block.job)));
        BlockEnd end =
            block.isDraining() || ending
                ? BlockEnd.SCALED_IN
                : block.everLive ? BlockEnd.OVER : BlockEnd.TAKEN;
        String reason =
            "the scheduler has known no job %s for %d minutes, and it has no manager"
                .formatted(block.job, FORGOTTEN.toMinutes());
        over(block, end, reason, false);
        pace.trouble(Trouble.FAILED, now);
      }
    }
  }

  private void alive(Block block, Optional<JobStatus> status, boolean live, long now) {
    if (live) {
      if (!(block.isDraining() || block.state instanceof BlockState.Live)) {
        become(block, new BlockState.Live(block.job));
      }
      return;
    }
    JobState job = status.map(JobStatus::state).orElse(JobState.UNKNOWN);
    if (block.state instanceof BlockState.Live) {
      replaceDeserted(block, now);
    } else if (block.isDraining()) {
      return;
    } else if (job == JobState.RUNNING && !block.everLive) {
      waitForManager(block, now);
    } else if (job == JobState.PENDING || job == JobState.HELD) {
      String held = job == JobState.HELD ? "held: " : "";
      become(block, new BlockState.Queued(block.job, (held + status.get().reason()).strip()));
    }
  }

  /** Its job runs on without a manager, as on a node that hangs: it only holds another's place. */
  private void replaceDeserted(Block block, long now) {
    if (block.desertedNanos == 0) {
      block.desertedNanos = now;
    } else if (isLate(now - block.desertedNanos)) {
      cancel(
          List.of(block),
          "its managers were lost and have not come back within %d s (executor.start-timeout)"
              .formatted(settings.startTimeout().toSeconds()));
    }
  }

  private void waitForManager(Block block, long now) {
    if (!(block.state instanceof BlockState.Starting starting)) {
      become(block, new BlockState.Starting(block.job, now));
    } else if (isLate(now - starting.sinceNanos())) {
      cancel(
          List.of(block),
          "no manager registered within %d s of its start (executor.start-timeout)"
              .formatted(settings.startTimeout().toSeconds()));
    }
  }

  private boolean isLate(long waitedNanos) {
    return !settings.startTimeout().isZero() && waitedNanos > settings.startTimeout().toNanos();
  }

  private void ended(Block block, JobStatus status, long now) {
    boolean given = block.isDraining() || ending;
    boolean taken =
        status.state() == JobState.PREEMPTED
            || status.state() == JobState.CANCELLED && !block.cancelAsked;
    BlockEnd end;
    if (given) {
      end = BlockEnd.SCALED_IN;
    } else if (block.everLive) {
      end = BlockEnd.OVER;
    } else {
      end = taken ? BlockEnd.TAKEN : BlockEnd.MISSING;
    }
    EndedBlock over = over(block, end, reason(block, status), status.state() == JobState.TIMED_OUT);
    if (end.isFailure()) {
      failed(over, now);
    } else if (taken && !given) {
      pace.trouble(Trouble.FAILED, now);
    } else if (block.everLive) {
      pace.over(Trouble.FAILED);
    }
  }

  private static String reason(Block block, JobStatus status) {
    StringBuilder text = new StringBuilder("job " + block.job + " " + word(status.state()));
    if (status.exitCode().isPresent()) {
      text.append(" with exit code ").append(status.exitCode().getAsInt());
    }
    if (!status.reason().isEmpty()) {
      text.append(" (").append(status.reason()).append(')');
    }
    if (!block.reason.isEmpty()) {
      text.append(": ").append(block.reason);
    }
    return text.toString();
  }

  private static String word(JobState state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private EndedBlock over(Block block, BlockEnd end, String reason, boolean walltime) {
    open.remove(block.id);
    EndedBlock over = new EndedBlock(block.id, end, block.directory, reason);
    ended.add(over);
    ended.sort(Comparator.comparing(EndedBlock::id));
    become(block, new BlockState.Ended(end, reason));
    effects.add(new BlockEffect.Over(over, walltime));
    return over;
  }

  private void failed(EndedBlock over, long now) {
    pace.trouble(Trouble.FAILED, now);
    if (errors.givesUp(List.copyOf(ended), open.size())) {
      giveUp(over);
    }
  }

  private void giveUp(EndedBlock last) {
    if (!failed && !ending) {
      failed = true;
      asked = 0;
      effects.add(new BlockEffect.GiveUp(last));
    }
  }

  private void become(Block block, BlockState state) {
    if (!block.state.isTerminal() && !block.state.equals(state)) {
      block.state = state;
      effects.add(new BlockEffect.Changed(block.id, Optional.ofNullable(block.job), state));
    }
  }

  // What follows.

  private void scale(LoadReport load, long now) {
    List<ActiveBlock> active = new ArrayList<>();
    for (Block block : open.values()) {
      active.add(active(block, load.managers().get(block.id), now));
    }
    BlockScaler.Decision decision =
        BlockScaler.decide(new BlockScaler.Load(load.slots()), active, expectedSlots, settings);
    decision.drain().forEach(id -> drain(open.get(id), "it had nothing to do", now));
    cancelStuckDrains(load.managers(), now);
    submit(Math.max(asked, decision.submit()), now);
  }

  private ActiveBlock active(Block block, Managers managers, long now) {
    boolean leaves = block.isDraining() || block.cancelAsked || !block.reason.isEmpty();
    Phase phase =
        leaves
            ? Phase.DRAINING
            : managers != null || block.everLive
                ? Phase.LIVE
                : block.state instanceof BlockState.Starting ? Phase.STARTING : Phase.QUEUED;
    long idle =
        managers != null ? managers.idleNanos() : block.everLive ? -1 : now - block.bornNanos;
    int slots = managers != null ? managers.slots() : block.everLive ? 0 : expectedSlots;
    return new ActiveBlock(block.id, slots, idle, phase);
  }

  /** Asks for so many blocks, or as many as limits and pace allow now. */
  private void submit(int count, long now) {
    long queued =
        open.values().stream()
            .filter(b -> b.isSubmitting() || b.state instanceof BlockState.Queued)
            .count();
    long room = settings.max() - open.size();
    if (settings.maxQueued() > 0) {
      room = Math.min(room, settings.maxQueued() - queued);
    }
    long most = Math.min(Math.min(count, room), pace.allowed(now));
    for (int i = 0; i < most && !failed && !ending; i++) {
      BlockId id = BlockId.of(++lastNumber);
      Block block = new Block(id, directories.apply(id), now);
      open.put(id, block);
      asked = Math.max(0, asked - 1);
      pace.took();
      effects.add(new BlockEffect.Changed(id, Optional.empty(), block.state));
      effects.add(new BlockEffect.Submit(id));
    }
    asked = Math.max(0, Math.min(asked, settings.max() - open.size()));
  }

  /** Refused blocks are submitted again, unanswered ones looked for. */
  private void retry(long now) {
    for (Block block : open.values()) {
      boolean due = block.isSubmitting() && block.dueNanos != 0 && now - block.dueNanos >= 0;
      if (due && block.unansweredNanos != 0) {
        block.dueNanos = 0;
        effects.add(new BlockEffect.Find(block.id));
      } else if (due && !ending && !failed && block.reason.isEmpty() && pace.allowed(now) > 0) {
        block.dueNanos = 0;
        pace.took();
        effects.add(new BlockEffect.Submit(block.id));
      }
    }
  }

  private void drain(Block block, String reason, long now) {
    if (block == null || block.isDraining() || block.cancelAsked) {
      return;
    }
    if (block.isSubmitting()) {
      withdraw(block, reason);
      return;
    }
    become(block, new BlockState.Draining(block.job, now));
    if (block.everLive) {
      effects.add(new BlockEffect.Drain(block.id, reason));
    } else {
      cancel(List.of(block), reason);
    }
  }

  /**
   * A block that was refused so far is not asked for again; one without an answer is ended later.
   */
  private void withdraw(Block block, String reason) {
    block.reason = reason;
    if (block.unansweredNanos == 0 && block.dueNanos != 0) {
      over(block, BlockEnd.SCALED_IN, reason, false);
    }
  }

  /** A drained block's job should end by itself once its managers have left. */
  private void cancelStuckDrains(Map<BlockId, Managers> managers, long now) {
    cancel(
        open.values().stream()
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
    boolean late = now - endingSinceNanos > DRAIN_GRACE.toNanos();
    List<Block> due = open.values().stream().filter(b -> !b.everLive || late).toList();
    due.stream().filter(Block::isSubmitting).forEach(b -> withdraw(b, "the run is over"));
    cancel(due, "the run is over");
  }

  /** Asks once for each job's end. */
  private void cancel(Collection<Block> some, String reason) {
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

  /** Cancellations that the scheduler may have missed are asked again. */
  void cancelAgain() {
    List<JobId> asked =
        open.values().stream().filter(b -> b.cancelAsked && b.job != null).map(b -> b.job).toList();
    if (!asked.isEmpty()) {
      effects.add(new BlockEffect.Cancel(asked));
    }
  }
}
