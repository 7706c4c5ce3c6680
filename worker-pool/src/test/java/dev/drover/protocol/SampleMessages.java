package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Messages of every kind, with ordinary, empty and extreme values. */
final class SampleMessages {
  static final String HASH = "0123456789abcdef".repeat(4);

  private SampleMessages() {}

  static Payload payload(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + size);
    }
    return Payload.of(bytes);
  }

  static List<TaskId> ids(long... values) {
    return LongStream.of(values).mapToObj(TaskId::new).toList();
  }

  static TaskSpec shellWithEverything() {
    return new TaskSpec(
        "näme 名前 \uD83D\uDC02",
        new TaskWork.Shell(
            List.of("prog", "", "with blank", "new\nline", "ünï"),
            false,
            Optional.of("/work dir"),
            Map.of("A", "1", "EMPTY", "", "EQUALS", "x=y=z"),
            Optional.of("in.txt"),
            Optional.of("out.txt"),
            Optional.of("err.txt")),
        new ResourceRequest(0.5, 2, Long.MAX_VALUE, Integer.MAX_VALUE, 7),
        Duration.ofMillis(Long.MAX_VALUE),
        "--cpu-bind list:0-3 --label 'ü'");
  }

  static TaskSpec java(Payload function) {
    return TaskSpec.of(new TaskWork.Java(function, new ClasspathId(HASH), Isolation.PROCESS));
  }

  static TaskAssignment assignment(long id, TaskSpec spec) {
    return new TaskAssignment(new TaskId(id), 1, spec, -1, 1);
  }

  static List<TaskAssignment> assignments() {
    TaskSpec line = TaskSpec.of(TaskWork.Shell.line("echo $HOME | wc"));
    TaskSpec small = java(payload(FrameWriter.OWN_FRAME_BYTES - 1));
    TaskSpec large = java(payload(FrameWriter.OWN_FRAME_BYTES));
    return List.of(
        new TaskAssignment(
            new TaskId(Long.MAX_VALUE),
            Integer.MAX_VALUE,
            shellWithEverything(),
            Long.MAX_VALUE,
            Integer.MAX_VALUE,
            List.of(
                new NodeShare("nid000001.example", List.of(Integer.MAX_VALUE, 0, 17)),
                new NodeShare("nöd", List.of()))),
        assignment(1, line),
        assignment(2, small),
        assignment(3, line),
        assignment(4, large),
        assignment(5, small),
        assignment(
            6,
            new TaskSpec(
                "thread",
                new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.THREAD),
                ResourceRequest.ONE_SLOT,
                Duration.ofMillis(1))));
  }

  static TaskOutcome outcome(long id, Ending ending, Payload result) {
    return new TaskOutcome(
        new TaskId(id),
        3,
        ending,
        255,
        64,
        "cause\nmend",
        result,
        1_700_000_000_000_000L,
        1_700_000_000_000_001L,
        17,
        1L << 40,
        63,
        new OutputRange("tasks/1.out", 0, 12),
        new OutputRange("tasks/pack.err", Long.MAX_VALUE, Long.MAX_VALUE),
        "the tail\u0000 \uD83D\uDC02");
  }

  static List<TaskOutcome> outcomes() {
    List<TaskOutcome> outcomes = new ArrayList<>();
    long id = 1;
    for (Ending ending : Ending.values()) {
      outcomes.add(outcome(id++, ending, payload((int) id)));
    }
    outcomes.add(outcome(id++, Ending.SUCCEEDED, payload(FrameWriter.OWN_FRAME_BYTES - 1)));
    outcomes.add(outcome(id++, Ending.SUCCEEDED, payload(FrameWriter.OWN_FRAME_BYTES)));
    outcomes.add(outcome(id++, Ending.THREW, payload(3 * FrameWriter.OWN_FRAME_BYTES)));
    outcomes.add(TaskOutcome.without(new TaskId(id++), 1, Ending.CANCELLED, "", 0));
    outcomes.add(
        new TaskOutcome(
            new TaskId(id),
            Integer.MIN_VALUE,
            Ending.FAILED,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            "",
            Payload.EMPTY,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            -1,
            -1,
            -1,
            OutputRange.NOTHING,
            OutputRange.NOTHING,
            ""));
    return outcomes;
  }

  static ManagerFacts facts() {
    return new ManagerFacts(
        new ManagerId("m".repeat(64)),
        "b-0001",
        "nid000001.example",
        Long.MAX_VALUE,
        Integer.MAX_VALUE,
        0.1,
        Long.MAX_VALUE,
        List.of("0", "0,1", "GPU-ünï"),
        List.of(0, -1, Integer.MAX_VALUE),
        128,
        1L << 42,
        "block",
        "refüsed",
        "0.1.0",
        "17.0.15",
        Long.MIN_VALUE,
        new BlockTime(Long.MAX_VALUE, Long.MAX_VALUE - 1),
        List.of("nid000001.example", "nöd"));
  }

  static ManagerFacts bareFacts() {
    return new ManagerFacts(new ManagerId("m"), "", "", 0, 1, 0, 0, List.of(), 0, 0, "", "", "", 0);
  }

  static List<HeldTask> held(int count) {
    List<HeldTask> held = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      held.add(new HeldTask(new TaskId(i * 1_000_000_007L), i));
    }
    return held;
  }

  static List<FromManager> fromManager() {
    return List.of(
        new FromManager.Hello(),
        new FromManager.Register(facts(), payload(16), Integer.MAX_VALUE, held(3), 1L << 41),
        new FromManager.Register(bareFacts(), Payload.EMPTY, 0, List.of()),
        new FromManager.Ready(),
        new FromManager.Heartbeat(0),
        new FromManager.Heartbeat(Integer.MAX_VALUE),
        new FromManager.TasksStarted(ids(1, 127, 128, 1L << 32, Long.MAX_VALUE)),
        new FromManager.TasksStarted(List.of()),
        new FromManager.TasksFinished(Long.MAX_VALUE, outcomes(), Integer.MIN_VALUE),
        new FromManager.TasksFinished(0, List.of(), 0),
        new FromManager.TasksReturned(held(5), 7),
        new FromManager.TasksReturned(held(1), 7, "slot 3 of n1 is task 4's"),
        new FromManager.TasksReturned(List.of(), 0),
        new FromManager.NeedClasspath(HASH),
        new FromManager.NeedClasspath(""),
        new FromManager.NeedFile(HASH, Long.MAX_VALUE),
        new FromManager.Draining("its drain period is over"),
        new FromManager.Draining(""),
        new FromManager.Leaving("done"));
  }

  static List<ToManager> toManager() {
    return List.of(
        new ToManager.HelloReply(),
        new ToManager.Welcome(
            payload(32), 65535, Duration.ofSeconds(30), Duration.ofMillis(Long.MAX_VALUE), 42),
        new ToManager.Welcome(Payload.EMPTY, 0, Duration.ZERO, Duration.ZERO, 42),
        new ToManager.Refused("another version: use the same jar"),
        new ToManager.RunTasks(assignments()),
        new ToManager.RunTasks(List.of()),
        new ToManager.CancelTasks(ids(1, 2, Long.MAX_VALUE)),
        new ToManager.CancelTasks(List.of()),
        new ToManager.Classpath(
            HASH,
            List.of(
                new ClasspathEntry("/a b/c.jar", HASH, 0),
                new ClasspathEntry("d.jar", HASH, Long.MAX_VALUE))),
        new ToManager.Classpath("", List.of()),
        new ToManager.FilePart(HASH, Long.MAX_VALUE, payload(100), false, ""),
        new ToManager.FilePart(HASH, 0, payload(1 << 20), true, ""),
        new ToManager.FilePart("", 0, Payload.EMPTY, true, "no such file"),
        new ToManager.Heartbeat(),
        new ToManager.Drain("its block is given back"),
        new ToManager.Rejoin("3 frames lost"),
        new ToManager.Stop("the run is over"));
  }

  static List<ToWorker> toWorker() {
    return List.of(
        new ToWorker.Run(assignments(), List.of("/a.jar", "/b c.jar")),
        new ToWorker.Run(List.of(), List.of()),
        new ToWorker.Recall(),
        new ToWorker.Stop());
  }

  static List<FromWorker> fromWorker() {
    return List.of(
        new FromWorker.Started(0, 1),
        new FromWorker.Started(Integer.MAX_VALUE, Integer.MAX_VALUE),
        new FromWorker.Finished(outcomes()),
        new FromWorker.Finished(List.of()),
        new FromWorker.Recalled(ids(9, 8, 7)),
        new FromWorker.Recalled(List.of()));
  }

  static List<FromClient> fromClient() {
    return List.of(
        new FromClient.Status(),
        new FromClient.Explain(new TaskId(Long.MAX_VALUE)),
        new FromClient.Cancel(ids(1, 2, 3)),
        new FromClient.Cancel(List.of()),
        new FromClient.Hold(new ManagerId("m-1"), true),
        new FromClient.Hold(new ManagerId("m-1"), false),
        new FromClient.Drain(new ManagerId("m-1")));
  }
}
