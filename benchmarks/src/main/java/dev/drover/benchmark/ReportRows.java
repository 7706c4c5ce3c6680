package dev.drover.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which figures stand in the report, beside which peers and with which targets. */
final class ReportRows {
  private final Map<String, double[]> figures;
  private final List<ReportRow> rows = new ArrayList<>();

  private ReportRows(Map<String, double[]> figures) {
    this.figures = figures;
  }

  /**
   * The rows of what was measured.
   *
   * @param figures by name, as often as each was measured
   */
  static List<ReportRow> of(Map<String, double[]> figures) {
    ReportRows rows = new ReportRows(figures);
    rows.fill();
    return rows.rows;
  }

  private void fill() {
    String rate = "/s";
    row(
        "no-op function, clear",
        rate,
        "noop.clear",
        "Parsl HTEX, clear",
        "parsl.noop.clear",
        Target.times(40));
    row(
        "no-op function, encrypted",
        rate,
        "noop.encrypted",
        "Drover, clear",
        "noop.clear",
        Target.times(0.6));
    row(
        "no-op function, encrypted",
        rate,
        "noop.encrypted",
        "Parsl HTEX, encrypted",
        "parsl.noop.encrypted",
        Target.NONE);
    row(
        "no-op function, clear",
        rate,
        "noop.clear",
        "executorlib, block allocation",
        "executorlib.noop",
        Target.NONE);
    row("one at a time, median", "ms", "roundtrip.median", "", "", Target.atMost(0.3));
    row(
        "one at a time, median",
        "ms",
        "roundtrip.median",
        "Parsl HTEX",
        "parsl.roundtrip.median",
        Target.timesAtMost(1 / 3.0));
    row(
        "one at a time, p95",
        "ms",
        "roundtrip.p95",
        "Parsl HTEX",
        "parsl.roundtrip.p95",
        Target.NONE);
    row(
        "one at a time, p99",
        "ms",
        "roundtrip.p99",
        "Parsl HTEX",
        "parsl.roundtrip.p99",
        Target.NONE);
    row(
        "`/bin/true` as an argv",
        rate,
        "shell.argv",
        "C posix_spawn, 2 at once",
        "spawn.true",
        Target.times(0.6));
    row(
        "`/bin/true` as an argv",
        rate,
        "shell.argv",
        "Parsl bash app",
        "parsl.bash",
        Target.times(3));
    row("`/bin/true` as an argv", rate, "shell.argv", "xargs -P2", "xargs", Target.NONE);
    row(
        "`/bin/true` as a line",
        rate,
        "shell.line",
        "C posix_spawn, 2 at once",
        "spawn.true",
        Target.times(0.6));
    row(
        "`/bin/true` as a line",
        rate,
        "shell.line",
        "the same of `bash -c`",
        "spawn.bash",
        Target.NONE);
    row(
        "`/bin/true` as a line",
        rate,
        "shell.line",
        "Parsl bash app",
        "parsl.bash",
        Target.times(3));
    row("`/bin/true` as a line", rate, "shell.line", "GNU parallel -j2", "parallel", Target.NONE);
    row(
        "MPI tasks, a launcher that does nothing",
        rate,
        "mpi.tasks",
        "Parsl MPIExecutor",
        "parsl.mpi",
        Target.NONE);
    row(
        "MPI tasks, a launcher that does nothing",
        rate,
        "mpi.tasks",
        "the same of `bash -c`",
        "spawn.mpi",
        Target.NONE);
    for (String form : new String[] {"argv", "line"}) {
      row(
          "`/bin/true` as " + (form.equals("argv") ? "an argv" : "a line") + ": all CPU",
          "µs/task",
          "shell." + form + ".cpu-micros",
          "C posix_spawn, 2 at once",
          "spawn.true.cpu-micros",
          Target.NONE);
    }
    row("`./drover run`, start to exit", "s", "start.drover", "", "", Target.atMost(1.5));
    row(
        "`./drover run`, start to exit",
        "s",
        "start.drover",
        "Parsl, start to first result",
        "parsl.start",
        Target.NONE);
    row("array of 1,000,000: peak heap", "MB", "array.peak-heap-mb", "", "", Target.atMost(512));
    row(
        "array: last 100,000",
        rate,
        "array.rate.10",
        "first 100,000",
        "array.rate.1",
        Target.times(0.8));
    row("array: all of it", rate, "array.rate", "", "", Target.NONE);
    String many = Figures.text(median("managers.many.count")) + " managers × 64 slots";
    row(
        many,
        rate,
        "managers.many.rate",
        "4 managers × 64 slots",
        "managers.few.rate",
        Target.times(0.8));
    row(
        many + ", 2 tasks a slot",
        rate,
        "managers.many.brief.rate",
        "4 managers × 64 slots",
        "managers.few.brief.rate",
        Target.NONE);
    row(
        many + ": interchange's CPU",
        "µs/task",
        "managers.many.cpu-micros-per-task",
        "4 managers",
        "managers.few.cpu-micros-per-task",
        Target.NONE);
    row(
        many + ": heartbeats",
        "% of a core",
        "managers.many.idle-core-percent",
        "",
        "",
        Target.atMost(10));
    row(
        many + ": all joined after",
        "s",
        "managers.many.join-seconds",
        "4 managers",
        "managers.few.join-seconds",
        Target.NONE);
    row("1 MiB argument, encrypted", "MB/s", "payload.encrypted", "", "", Target.atLeast(500));
    row(
        "1 MiB argument, encrypted",
        "MB/s",
        "payload.encrypted",
        "Parsl HTEX, encrypted",
        "parsl.payload",
        Target.NONE);
    row("1 MiB argument, clear", "MB/s", "payload.clear", "", "", Target.NONE);
    for (int blocks : new int[] {1, 10, 100}) {
      row(
          "scheduler commands, running blocks: " + blocks,
          "a minute",
          "blocks.commands." + blocks,
          blocks == 1 ? "" : "1 block",
          blocks == 1 ? "" : "blocks.commands.1",
          Target.NONE);
    }
    row("a job's start to its first task's", "s", "blocks.job-to-task", "", "", Target.NONE);
    row(
        "a block's death to its task's next start",
        "s",
        "blocks.death-to-task",
        "",
        "",
        Target.NONE);
    remoteRows();
    mixRows("no time limits", "mix.packer");
    mixRows("time limits", "mix.packer-limits");
    String nodes = median("memory.numa-nodes") > 1 ? "" : ", one NUMA node";
    for (String affinity : new String[] {"block", "topology"}) {
      row(
          "memory-bound task, pinned: " + affinity + nodes,
          "MB/s",
          "memory." + affinity,
          "unpinned",
          "memory.none",
          Target.NONE);
    }
    for (String name : figures.keySet()) {
      if (name.startsWith("part.")) {
        row(name.substring(5), "ns", name, "", "", Target.NONE);
      }
    }
  }

  private void remoteRows() {
    String there = "on the head node";
    String one = "head node behind SSH: ";
    row(one + "its line's round trip", "ms", "remote.100.line-ms", "", "", Target.NONE);
    row(
        one + "`/bin/true`, 0 ms",
        "/s",
        "remote.0.all.rate",
        there,
        "remote.there.all.rate",
        Target.NONE);
    row(
        one + "`/bin/true`, 100 ms",
        "/s",
        "remote.100.all.rate",
        there,
        "remote.there.all.rate",
        Target.NONE);
    row(
        one + "`/bin/true`, 100 ms",
        "/s",
        "remote.100.all.rate",
        "0 ms",
        "remote.0.all.rate",
        Target.times(0.8));
    row(
        one + "first result, 0 ms",
        "s",
        "remote.0.all.first",
        there,
        "remote.there.all.first",
        Target.NONE);
    row(
        one + "first result, 100 ms",
        "s",
        "remote.100.all.first",
        "0 ms",
        "remote.0.all.first",
        Target.NONE);
    row(
        one + "first result, jar sent, 100 ms",
        "s",
        "remote.100.new.first",
        "0 ms",
        "remote.0.new.first",
        Target.NONE);
  }

  private void mixRows(String limits, String packer) {
    String mix = "500 tasks on 128 nodes, " + limits + ": ";
    String[][] peers = {
      {"smallest first", "mix.smallest"},
      {"first in, first out", "mix.fifo"},
      {"no schedule is better than", "mix.bound"}
    };
    for (String[] peer : List.of(peers).subList(0, 2)) {
      row(mix + "lost", "node-hours", packer + ".lost", peer[0], peer[1] + ".lost", Target.NONE);
    }
    for (String[] peer : peers) {
      row(mix + "all over after", "h", packer + ".hours", peer[0], peer[1] + ".hours", Target.NONE);
    }
    for (String[] peer : List.of(peers).subList(0, 2)) {
      row(mix + "longest wait", "h", packer + ".wait", peer[0], peer[1] + ".wait", Target.NONE);
    }
  }

  private void row(
      String what, String unit, String figure, String peer, String peerFigure, Target target) {
    boolean peerMissing = !peerFigure.isEmpty() && !figures.containsKey(peerFigure);
    if (figures.containsKey(figure) && !(peerMissing && target.kind() == Target.Kind.NONE)) {
      rows.add(new ReportRow(what, unit, median(figure), peer, median(peerFigure), target));
    }
  }

  private double median(String figure) {
    double[] values = figures.get(figure);
    return values == null ? Double.NaN : Figures.median(values);
  }
}
