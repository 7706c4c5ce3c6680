package dev.drover.block;

import dev.drover.block.BlockSupervisor.Managers;
import dev.drover.block.SubmitPace.Trouble;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What follows for blocks from what the scheduler says of their jobs and from the managers that
 * they have. Pure; a part of {@link BlockFleet}.
 */
final class JobWatch {
  private final BlockSettings settings;
  private final Blocks blocks;
  private final SubmitPace pace;

  JobWatch(BlockSettings settings, Blocks blocks, SubmitPace pace) {
    this.settings = settings;
    this.blocks = blocks;
    this.pace = pace;
  }

  /** A look at each block's job and managers; what has no entry is as it was. */
  void watch(Map<JobId, JobStatus> statuses, Map<BlockId, Managers> managers, long now) {
    for (Block block : List.copyOf(blocks.open.values())) {
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
  void forget(Map<JobId, JobStatus> statuses, Map<BlockId, Managers> managers, long now) {
    for (Block block : List.copyOf(blocks.open.values())) {
      boolean known =
          block.job == null || statuses.containsKey(block.job) || managers.containsKey(block.id);
      if (block.absence.isTooLong(known, now)) {
        blocks.add(new BlockEffect.Cancel(List.of(block.job)));
        BlockEnd end =
            block.isDraining() || blocks.areEnding()
                ? BlockEnd.SCALED_IN
                : block.everLive ? BlockEnd.OVER : BlockEnd.TAKEN;
        String reason =
            "the scheduler has known no job %s for %d minutes, and it has no manager"
                .formatted(block.job, Absence.LONGEST.toMinutes());
        blocks.over(block, end, reason, false);
        paceAfter(block, end, now);
      }
    }
  }

  private void alive(Block block, Optional<JobStatus> status, boolean live, long now) {
    if (live) {
      if (!(block.isDraining() || block.state instanceof BlockState.Live)) {
        blocks.become(block, new BlockState.Live(block.job));
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
      blocks.become(
          block, new BlockState.Queued(block.job, (held + status.get().reason()).strip()));
    }
  }

  /** Its job runs on without a manager, as on a node that hangs: it only holds another's place. */
  private void replaceDeserted(Block block, long now) {
    if (block.desertedNanos == 0) {
      block.desertedNanos = now;
    } else if (isLate(now - block.desertedNanos)) {
      blocks.cancel(
          List.of(block),
          "its managers were lost and have not come back within %d s (executor.start-timeout)"
              .formatted(settings.startTimeout().toSeconds()));
    }
  }

  private void waitForManager(Block block, long now) {
    if (!(block.state instanceof BlockState.Starting starting)) {
      blocks.become(block, new BlockState.Starting(block.job, now));
    } else if (isLate(now - starting.sinceNanos())) {
      blocks.cancel(
          List.of(block),
          "no manager registered within %d s of its start (executor.start-timeout)"
              .formatted(settings.startTimeout().toSeconds()));
    }
  }

  private boolean isLate(long waitedNanos) {
    return !settings.startTimeout().isZero() && waitedNanos > settings.startTimeout().toNanos();
  }

  private void ended(Block block, JobStatus status, long now) {
    boolean given = block.isDraining() || blocks.areEnding();
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
    EndedBlock over =
        blocks.over(block, end, reason(block, status), status.state() == JobState.TIMED_OUT);
    paceAfter(block, end, now);
    if (end.isFailure()) {
      blocks.failed(over);
    }
  }

  /** One that worked ends whatever trouble there was, also where it was taken away in the end. */
  private void paceAfter(Block block, BlockEnd end, long now) {
    if (block.everLive) {
      pace.over(Trouble.FAILED);
    } else if (end != BlockEnd.SCALED_IN) {
      pace.trouble(Trouble.FAILED, now);
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
}
