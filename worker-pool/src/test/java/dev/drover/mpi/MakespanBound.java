package dev.drover.mpi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A time before which no schedule can end, for blocks that are all alike and there from the
 * beginning, even one that knows all tasks beforehand.
 *
 * <p>What comes at a time or later is begun at that time or later, so that no schedule ends before
 * that time and the least that these tasks alone take; that holds for each time, and so for the
 * latest of such ends. For the time 0 these are all tasks.
 *
 * <p>The area alone says too little: of eight nodes three tasks of three never use more than six.
 * Dual feasible functions widen each task to what it keeps others from using, so that tasks that
 * run at once still never count for more than one block (Lueker 1983; Martello and Toth 1990;
 * Fekete and Schepers 2001).
 */
final class MakespanBound {
  private static final double TINY = 1e-9;

  /** Times that are looked at; fewer make the bound no wrong one, only a lower one. */
  private static final int TIMES = 6;

  private MakespanBound() {}

  /** The bound, seconds. */
  static double of(PackerStory story) {
    PackerStory.BlockPlan block = story.blocks().get(0);
    int latest = story.jobs().stream().mapToInt(PackerStory.Job::arrival).max().orElse(0);
    double bound = 0;
    for (int i = 0; i < (latest == 0 ? 1 : TIMES); i++) {
      int time = latest * i / TIMES;
      List<PackerStory.Job> late =
          story.jobs().stream().filter(job -> job.arrival() >= time).toList();
      bound = Math.max(bound, time + of(late, story.blocks().size(), block.nodes(), block.slots()));
    }
    for (PackerStory.Job job : story.jobs()) {
      bound = Math.max(bound, job.arrival() + job.duration());
    }
    return bound;
  }

  /** What tasks take at least that may all begin at once, seconds. */
  private static double of(List<PackerStory.Job> jobs, int blocks, int nodes, int slots) {
    double bound = 0;
    for (PackerStory.Job job : jobs) {
      bound = Math.max(bound, job.duration());
    }
    for (DoubleUnaryOperator onBlock : functions(nodes)) {
      bound = Math.max(bound, area(jobs, nodes, slots, onBlock, x -> x) / blocks);
    }
    for (DoubleUnaryOperator onNode : functions(slots)) {
      bound = Math.max(bound, area(jobs, nodes, slots, x -> x, onNode) / blocks);
    }
    return bound;
  }

  private static double area(
      List<PackerStory.Job> jobs,
      int nodes,
      int slots,
      DoubleUnaryOperator onBlock,
      DoubleUnaryOperator onNode) {
    double area = 0;
    for (PackerStory.Job job : jobs) {
      NodeRequest request = job.request();
      double ofNode =
          request.isWholeNodes()
              ? 1
              : onNode.applyAsDouble((double) request.slotsPerNode() / slots);
      area += job.duration() * onBlock.applyAsDouble(request.nodes() * ofNode / nodes);
    }
    return area;
  }

  private static List<DoubleUnaryOperator> functions(int size) {
    List<DoubleUnaryOperator> functions = new ArrayList<>();
    functions.add(x -> x);
    for (int i = 1; i <= size / 2; i++) {
      double least = (double) i / size;
      functions.add(x -> x > 1 - least + TINY ? 1 : x >= least - TINY ? x : 0);
    }
    for (int parts = 1; parts <= size; parts++) {
      int p = parts;
      functions.add(
          x -> {
            double scaled = (p + 1) * x;
            return Math.abs(scaled - Math.rint(scaled)) < TINY ? x : Math.floor(scaled) / p;
          });
    }
    return functions;
  }
}
