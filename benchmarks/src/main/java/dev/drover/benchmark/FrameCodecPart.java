package dev.drover.benchmark;

import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.ToManager;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Messages of 64 tasks to bytes and back; nanoseconds a task. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameCodecPart {
  static final int TASKS = 64;
  private static final int FUNCTION_BYTES = 300;

  private final FrameCodec codec = new FrameCodec();
  private final ToManager assignments = assignments();
  private final FromManager outcomes = outcomes();
  private final List<byte[]> assignmentFrames = codec.encode(assignments, 1);
  private final List<byte[]> outcomeFrames = codec.encode(outcomes);

  private static ToManager assignments() {
    TaskSpec spec =
        TaskSpec.of(
            new TaskWork.Java(
                Payload.of(new byte[FUNCTION_BYTES]), ClasspathId.NONE, Isolation.PROCESS));
    return new ToManager.RunTasks(
        IntStream.rangeClosed(1, TASKS)
            .mapToObj(i -> new TaskAssignment(new TaskId(100_000 + i), 1, spec, -1, 1))
            .toList());
  }

  private static FromManager outcomes() {
    return new FromManager.TasksFinished(
        7, IntStream.rangeClosed(1, TASKS).mapToObj(i -> outcome(100_000 + i)).toList(), 2 * TASKS);
  }

  static TaskOutcome outcome(long id) {
    return new TaskOutcome(
        new TaskId(id),
        1,
        Ending.SUCCEEDED,
        -1,
        0,
        "",
        Payload.EMPTY,
        1_790_000_000_000_000L,
        1_790_000_000_000_009L,
        7,
        -1,
        1,
        OutputRange.NOTHING,
        OutputRange.NOTHING,
        "");
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public List<byte[]> encodeAssignments() {
    return codec.encode(assignments, 1);
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public Object decodeAssignments() throws ProtocolException {
    return FrameCodec.decodeToManager(assignmentFrames);
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public List<byte[]> encodeOutcomes() {
    return codec.encode(outcomes);
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public Object decodeOutcomes() throws ProtocolException {
    return FrameCodec.decodeFromManager(outcomeFrames);
  }
}
