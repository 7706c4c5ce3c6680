package dev.drover.benchmark;

import dev.drover.mpi.BlockNode;
import dev.drover.mpi.NodePacker;
import dev.drover.mpi.NodePlacement;
import dev.drover.mpi.NodeRequest;
import dev.drover.mpi.PackerSettings;
import dev.drover.task.TaskId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * How many node-hours the packer leaves idle in recorded mixes of multi-node tasks, beside simpler
 * ways, by simulated time: whoever runs it gets the same figures, means of all mixes.
 *
 * <pre>PackedMix NAME</pre>
 */
public final class PackedMix {
  private static final int NODES = 128;
  private static final double SECONDS_PER_HOUR = 3_600;

  /** A task of the mix; times in whole seconds. */
  private record Task(int id, long arrival, int nodes, long runTime, long limit) {
    long nodeSeconds() {
      return nodes * runTime;
    }
  }

  private record End(long at, Task task) {}

  /** When the last task ended, and how long one waited at most, seconds. */
  private record Result(long lastEnd, long longestWait) {}

  /** Takes one mix through. */
  private interface Way {
    Result run(List<Task> mix);
  }

  /** Who chooses what begins. */
  private interface Packer {
    void submit(Task task);

    void finished(Task task);

    /** What begins now. */
    List<Task> place(long now);
  }

  private PackedMix() {}

  public static void main(String[] arguments) throws IOException {
    String name = arguments[0];
    Collection<List<Task>> mixes = read();
    print(name + ".bound", mixes, mix -> new Result(lowerBound(mix), 0));
    print(name + ".fifo", mixes, mix -> run(mix, new Simple(Comparator.comparing(Task::id))));
    print(
        name + ".smallest",
        mixes,
        mix -> run(mix, new Simple(Comparator.comparing(Task::nodes).thenComparing(Task::id))));
    print(name + ".packer", mixes, mix -> run(mix, new Drover(mix, false)));
    print(name + ".packer-limits", mixes, mix -> run(mix, new Drover(mix, true)));
  }

  private static Collection<List<Task>> read() throws IOException {
    Map<String, List<Task>> bySeed = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                PackedMix.class.getResourceAsStream("recorded-mixes.tsv"),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] words = line.split("\t");
          List<Task> tasks = bySeed.computeIfAbsent(words[0], seed -> new ArrayList<>());
          tasks.add(
              new Task(
                  tasks.size() + 1,
                  Long.parseLong(words[1]),
                  Integer.parseInt(words[2]),
                  Long.parseLong(words[3]),
                  Long.parseLong(words[4])));
        }
      }
    }
    return bySeed.values();
  }

  private static void print(String name, Collection<List<Task>> mixes, Way way) {
    double lost = 0;
    double hours = 0;
    double wait = 0;
    for (List<Task> mix : mixes) {
      long work = mix.stream().mapToLong(Task::nodeSeconds).sum();
      Result result = way.run(mix);
      lost += (NODES * result.lastEnd() - work) / SECONDS_PER_HOUR;
      hours += result.lastEnd() / SECONDS_PER_HOUR;
      wait += result.longestWait() / SECONDS_PER_HOUR;
    }
    Figures.print(name + ".lost", lost / mixes.size());
    Figures.print(name + ".hours", hours / mixes.size());
    Figures.print(name + ".wait", wait / mixes.size());
  }

  /** Nobody ends sooner: what comes later than some time must be done after it, on all nodes. */
  private static long lowerBound(List<Task> mix) {
    long bound = 0;
    long workFromHere = 0;
    for (int i = mix.size() - 1; i >= 0; i--) { // by arrival
      Task task = mix.get(i);
      workFromHere += task.nodeSeconds();
      bound = Math.max(bound, task.arrival() + (workFromHere + NODES - 1) / NODES);
      bound = Math.max(bound, task.arrival() + task.runTime());
    }
    return bound;
  }

  private static Result run(List<Task> mix, Packer packer) {
    PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparing(End::at));
    int next = 0;
    int left = mix.size();
    int busy = 0;
    long now = 0;
    long longestWait = 0;
    while (left > 0) {
      long arrival = next < mix.size() ? mix.get(next).arrival() : Long.MAX_VALUE;
      long end = ends.isEmpty() ? Long.MAX_VALUE : ends.peek().at();
      if (arrival == Long.MAX_VALUE && end == Long.MAX_VALUE) {
        throw new IllegalStateException(left + " tasks never begin");
      }
      now = Math.min(arrival, end);
      while (!ends.isEmpty() && ends.peek().at() == now) {
        Task ended = ends.poll().task();
        packer.finished(ended);
        busy -= ended.nodes();
        left--;
      }
      while (next < mix.size() && mix.get(next).arrival() == now) {
        packer.submit(mix.get(next++));
      }
      for (Task begun : packer.place(now)) {
        busy += begun.nodes();
        longestWait = Math.max(longestWait, now - begun.arrival());
        ends.add(new End(now + begun.runTime(), begun));
      }
      if (busy > NODES) {
        throw new IllegalStateException(busy + " of " + NODES + " nodes are in use");
      }
    }
    return new Result(now, longestWait);
  }

  /** Goes by an order, until one does not fit. */
  private static final class Simple implements Packer {
    private final TreeSet<Task> waiting;
    private int free = NODES;

    Simple(Comparator<Task> order) {
      waiting = new TreeSet<>(order);
    }

    @Override
    public void submit(Task task) {
      waiting.add(task);
    }

    @Override
    public void finished(Task task) {
      free += task.nodes();
    }

    @Override
    public List<Task> place(long now) {
      List<Task> begun = new ArrayList<>();
      while (!waiting.isEmpty() && waiting.first().nodes() <= free) {
        Task first = waiting.pollFirst();
        free -= first.nodes();
        begun.add(first);
      }
      return begun;
    }
  }

  /** Drover's own, with its default settings; whether it knows the tasks' time limits. */
  private static final class Drover implements Packer {
    private static final long MICROS = 1_000_000;

    private final NodePacker packer = new NodePacker(PackerSettings.DEFAULT);
    private final Map<TaskId, Task> tasks = new HashMap<>();
    private final boolean knowsLimits;

    Drover(List<Task> mix, boolean knowsLimits) {
      this.knowsLimits = knowsLimits;
      mix.forEach(task -> tasks.put(new TaskId(task.id()), task));
      packer.addBlock(
          "block",
          IntStream.range(0, NODES).mapToObj(i -> new BlockNode("node" + i, 1)).toList(),
          Long.MAX_VALUE);
    }

    @Override
    public void submit(Task task) {
      packer.submit(
          new TaskId(task.id()),
          NodeRequest.wholeNodes(task.nodes()),
          Duration.ofSeconds(knowsLimits ? task.limit() : 0),
          task.arrival() * MICROS);
    }

    @Override
    public void finished(Task task) {
      packer.finished(new TaskId(task.id()));
    }

    @Override
    public List<Task> place(long now) {
      return packer.place(now * MICROS).stream().map(NodePlacement::task).map(tasks::get).toList();
    }
  }
}
