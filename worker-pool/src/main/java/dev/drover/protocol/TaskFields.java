package dev.drover.protocol;

import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.NodeShare;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Assignments and outcomes on the wire. A message carries each distinct spec and each distinct
 * function once, however many tasks share it.
 */
final class TaskFields {
  private static final int SHELL = 0;
  private static final int JAVA = 1;
  private static final Ending[] ENDINGS = Ending.values();
  private static final Isolation[] ISOLATIONS = Isolation.values();

  private TaskFields() {}

  /** Writes each distinct spec of the tasks once; gives for each task the number of its spec. */
  static <T> int[] writeSpecsOf(FrameWriter out, List<T> tasks, Function<T, TaskSpec> specs) {
    List<TaskSpec> distinct = new ArrayList<>();
    int[] specOf = new int[tasks.size()];
    Map<TaskSpec, Integer> known = new IdentityHashMap<>();
    TaskSpec last = null;
    for (int i = 0; i < specOf.length; i++) {
      TaskSpec spec = specs.apply(tasks.get(i));
      if (spec == last) {
        specOf[i] = specOf[i - 1];
        continue;
      }
      last = spec;
      Integer number = known.putIfAbsent(spec, distinct.size());
      if (number == null) {
        specOf[i] = distinct.size();
        distinct.add(spec);
      } else {
        specOf[i] = number;
      }
    }
    writeSpecs(out, distinct);
    return specOf;
  }

  /** The spec of that number. */
  static TaskSpec spec(List<TaskSpec> specs, int number) throws ProtocolException {
    if (number < 0 || number >= specs.size()) {
      throw new ProtocolException("spec " + number + " of " + specs.size());
    }
    return specs.get(number);
  }

  static void writeAssignments(FrameWriter out, List<TaskAssignment> tasks) {
    int[] specOf = writeSpecsOf(out, tasks, TaskAssignment::spec);
    out.array(specOf.length);
    for (int i = 0; i < specOf.length; i++) {
      TaskAssignment task = tasks.get(i);
      out.array(6);
      out.whole(task.id().value());
      out.whole(task.attempt());
      out.whole(specOf[i]);
      out.whole(task.index());
      out.whole(task.slots());
      writeShares(out, task.shares());
    }
  }

  static List<TaskAssignment> readAssignments(FrameReader in) throws ProtocolException {
    List<TaskSpec> specs = readSpecs(in);
    int size = in.array();
    List<TaskAssignment> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(6, "an assignment");
      TaskId id = new TaskId(in.whole());
      int attempt = in.count();
      TaskSpec spec = spec(specs, in.count());
      tasks.add(new TaskAssignment(id, attempt, spec, in.whole(), in.count(), readShares(in)));
    }
    return tasks;
  }

  private static void writeShares(FrameWriter out, List<NodeShare> shares) {
    if (shares.isEmpty()) {
      out.nothing();
      return;
    }
    out.array(shares.size());
    for (NodeShare share : shares) {
      out.array(2);
      out.text(share.node());
      out.counts(share.slots());
    }
  }

  private static List<NodeShare> readShares(FrameReader in) throws ProtocolException {
    if (in.isNothing()) {
      return List.of();
    }
    int size = in.array();
    List<NodeShare> shares = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(2, "a share of a node");
      shares.add(new NodeShare(in.text(), in.counts()));
    }
    return shares;
  }

  /** Functions first, each once; then the specs, which name a function by its number. */
  private static void writeSpecs(FrameWriter out, List<TaskSpec> specs) {
    Map<Payload, Integer> functions = new IdentityHashMap<>();
    List<Payload> inOrder = new ArrayList<>();
    for (TaskSpec spec : specs) {
      if (spec.work() instanceof TaskWork.Java java
          && functions.putIfAbsent(java.function(), inOrder.size()) == null) {
        inOrder.add(java.function());
      }
    }
    out.array(inOrder.size());
    for (Payload function : inOrder) {
      out.payload(function);
    }
    out.array(specs.size());
    for (TaskSpec spec : specs) {
      out.array(5);
      out.text(spec.name());
      writeResources(out, spec.resources());
      out.whole(millis(spec.timeout()));
      out.text(spec.launcherOptions());
      spec.work()
          .match(
              new TaskWork.Cases<Void>() {
                @Override
                public Void shell(TaskWork.Shell work) {
                  writeShell(out, work);
                  return null;
                }

                @Override
                public Void java(TaskWork.Java work) {
                  out.array(4);
                  out.whole(JAVA);
                  out.whole(functions.get(work.function()));
                  out.text(work.classpath().hash());
                  out.whole(work.isolation().ordinal());
                  return null;
                }
              });
    }
  }

  /** Rounded up, so that a short timeout does not become none; the longest one there is fits. */
  private static long millis(Duration timeout) {
    long seconds = timeout.getSeconds();
    if (seconds >= Long.MAX_VALUE / 1000) {
      return Long.MAX_VALUE;
    }
    return seconds * 1000 + (timeout.getNano() + 999_999) / 1_000_000;
  }

  private static void writeShell(FrameWriter out, TaskWork.Shell work) {
    out.array(8);
    out.whole(SHELL);
    out.texts(work.argv());
    out.flag(work.commandLine());
    out.optionalText(work.cwd());
    out.array(2 * work.env().size());
    for (Map.Entry<String, String> variable : work.env().entrySet()) {
      out.text(variable.getKey());
      out.text(variable.getValue());
    }
    out.optionalText(work.stdin());
    out.optionalText(work.stdout());
    out.optionalText(work.stderr());
  }

  static List<TaskSpec> readSpecs(FrameReader in) throws ProtocolException {
    int functionCount = in.array();
    List<Payload> functions = new ArrayList<>(functionCount);
    for (int i = 0; i < functionCount; i++) {
      functions.add(in.payload());
    }
    int size = in.array();
    List<TaskSpec> specs = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(5, "a spec");
      String name = in.text();
      ResourceRequest resources = readResources(in);
      Duration timeout = Duration.ofMillis(in.whole());
      String launcherOptions = in.text();
      TaskWork work = readWork(in, functions);
      specs.add(new TaskSpec(name, work, resources, timeout, launcherOptions));
    }
    return specs;
  }

  private static TaskWork readWork(FrameReader in, List<Payload> functions)
      throws ProtocolException {
    int fields = in.array();
    int kind = in.count();
    if (kind == JAVA && fields == 4) {
      int function = in.count();
      if (function < 0 || function >= functions.size()) {
        throw new ProtocolException("function " + function + " of " + functions.size());
      }
      ClasspathId classpath = new ClasspathId(in.text());
      return new TaskWork.Java(functions.get(function), classpath, choice(ISOLATIONS, in.count()));
    }
    if (kind == SHELL && fields == 8) {
      List<String> argv = in.texts();
      boolean commandLine = in.flag();
      var cwd = in.optionalText();
      List<String> pairs = in.texts();
      Map<String, String> env = new HashMap<>();
      for (int i = 0; i + 1 < pairs.size(); i += 2) {
        env.put(pairs.get(i), pairs.get(i + 1));
      }
      return new TaskWork.Shell(
          argv, commandLine, cwd, env, in.optionalText(), in.optionalText(), in.optionalText());
    }
    throw new ProtocolException("work of kind " + kind + " with " + fields + " fields");
  }

  private static void writeResources(FrameWriter out, ResourceRequest request) {
    if (request.isOneSlot()) {
      out.nothing();
      return;
    }
    out.array(5);
    out.decimal(request.cores());
    out.decimal(request.accelerators());
    out.whole(request.memoryBytes());
    out.whole(request.nodes());
    out.whole(request.ranksPerNode());
  }

  private static ResourceRequest readResources(FrameReader in) throws ProtocolException {
    if (in.isNothing()) {
      return ResourceRequest.ONE_SLOT;
    }
    in.fields(5, "a resource request");
    return new ResourceRequest(in.decimal(), in.decimal(), in.whole(), in.count(), in.count());
  }

  static void writeOutcomes(FrameWriter out, List<TaskOutcome> outcomes) {
    out.array(outcomes.size());
    for (TaskOutcome outcome : outcomes) {
      out.array(15);
      out.whole(outcome.id().value());
      out.whole(outcome.attempt());
      out.whole(outcome.ending().ordinal());
      out.whole(outcome.exitCode());
      out.whole(outcome.signal());
      out.text(outcome.message());
      out.payload(outcome.result());
      out.whole(outcome.startedMicros());
      out.whole(outcome.endedMicros());
      out.whole(outcome.cpuMicros());
      out.whole(outcome.peakMemoryBytes());
      out.whole(outcome.worker());
      writeRange(out, outcome.stdout());
      writeRange(out, outcome.stderr());
      out.text(outcome.tail());
    }
  }

  static List<TaskOutcome> readOutcomes(FrameReader in) throws ProtocolException {
    int size = in.array();
    List<TaskOutcome> outcomes = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(15, "an outcome");
      outcomes.add(
          new TaskOutcome(
              new TaskId(in.whole()),
              in.count(),
              choice(ENDINGS, in.count()),
              in.count(),
              in.count(),
              in.text(),
              in.payload(),
              in.whole(),
              in.whole(),
              in.whole(),
              in.whole(),
              in.count(),
              readRange(in),
              readRange(in),
              in.text()));
    }
    return outcomes;
  }

  private static void writeRange(FrameWriter out, OutputRange range) {
    if (range.isNothing()) {
      out.nothing();
      return;
    }
    out.array(3);
    out.text(range.file());
    out.whole(range.offset());
    out.whole(range.length());
  }

  private static OutputRange readRange(FrameReader in) throws ProtocolException {
    if (in.isNothing()) {
      return OutputRange.NOTHING;
    }
    in.fields(3, "an output range");
    return new OutputRange(in.text(), in.whole(), in.whole());
  }

  static void writeIds(FrameWriter out, List<TaskId> ids) {
    out.array(ids.size());
    for (TaskId id : ids) {
      out.whole(id.value());
    }
  }

  static List<TaskId> readIds(FrameReader in) throws ProtocolException {
    int size = in.array();
    List<TaskId> ids = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ids.add(new TaskId(in.whole()));
    }
    return ids;
  }

  static void writeHeld(FrameWriter out, List<HeldTask> held) {
    out.array(2 * held.size());
    for (HeldTask task : held) {
      out.whole(task.id().value());
      out.whole(task.attempt());
    }
  }

  static List<HeldTask> readHeld(FrameReader in) throws ProtocolException {
    int size = in.array() / 2;
    List<HeldTask> held = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      held.add(new HeldTask(new TaskId(in.whole()), in.count()));
    }
    return held;
  }

  private static <E> E choice(E[] values, int ordinal) throws ProtocolException {
    if (ordinal < 0 || ordinal >= values.length) {
      throw new ProtocolException("choice " + ordinal + " of " + values.length);
    }
    return values[ordinal];
  }
}
