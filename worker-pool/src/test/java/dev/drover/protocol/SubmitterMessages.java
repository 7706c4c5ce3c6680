package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.Ending;
import dev.drover.task.Payload;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages of every kind between a submitter and its interchange, ordinary, empty and extreme. */
final class SubmitterMessages {
  private SubmitterMessages() {}

  private static Payload route() {
    byte[] bytes = SampleMessages.payload(16).bytes().clone();
    bytes[0] = 1;
    return Payload.of(bytes);
  }

  private static SubmittedTasks tasks(long id, int count, TaskSpec spec) {
    return new SubmittedTasks(id, count, count == 1 ? -1 : 5, spec, -7, 2.5, 9);
  }

  static List<Order> orders() {
    TaskSpec line = TaskSpec.of(TaskWork.Shell.line("true"));
    TaskSpec large = SampleMessages.java(SampleMessages.payload(FrameWriter.OWN_FRAME_BYTES));
    return List.of(
        new Order.Submit(
            List.of(
                tasks(1, 1, line),
                tasks(2, 1_000_000, SampleMessages.shellWithEverything()),
                tasks(1_000_002, 1, line),
                tasks(1_000_003, 1, large),
                new SubmittedTasks(
                    1_000_004,
                    1,
                    -1,
                    SampleMessages.java(SampleMessages.payload(100)),
                    Integer.MAX_VALUE,
                    Double.POSITIVE_INFINITY,
                    0))),
        new Order.Submit(List.of()),
        new Order.Cancel(SampleMessages.ids(1, 2, Long.MAX_VALUE)),
        new Order.Cancel(List.of()),
        new Order.CancelAll("the run was stopped", true),
        new Order.CancelAll("", false),
        new Order.Hold(new ManagerId("m1"), true),
        new Order.Drain(new ManagerId("m1")),
        new Order.ScaleOut(Integer.MAX_VALUE),
        new Order.ScaleIn(List.of("b-0001", "b-0002")),
        new Order.Finish("ALL_SUCCEEDED"));
  }

  static List<EndedTask> ended() {
    List<EndedTask> ended = new ArrayList<>();
    SampleMessages.outcomes()
        .forEach(outcome -> ended.add(new EndedTask(outcome, true, "host", "m1", "b-0001", 2)));
    ended.add(
        new EndedTask(
            SampleMessages.outcome(99, Ending.CANCELLED, Payload.EMPTY),
            false,
            "",
            "",
            "",
            Integer.MAX_VALUE));
    return ended;
  }

  static List<FromSubmitter> fromSubmitter() {
    List<FromSubmitter> messages =
        new ArrayList<>(
            List.of(
                new FromSubmitter.Attach(
                    new SubmitterId("s".repeat(64)),
                    route(),
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    List.of(),
                    "0.1.0"),
                new FromSubmitter.Attach(
                    new SubmitterId("s"),
                    route(),
                    0,
                    -1,
                    List.of(new IdRange(1, 1), new IdRange(3, Long.MAX_VALUE)),
                    ""),
                new FromSubmitter.Ready(),
                new FromSubmitter.ReportsHad(0),
                new FromSubmitter.ReportsHad(Long.MAX_VALUE),
                new FromSubmitter.AskStatus(),
                new FromSubmitter.Classpath(
                    SampleMessages.HASH,
                    List.of(new ClasspathEntry("/a b/c.jar", SampleMessages.HASH, 7))),
                new FromSubmitter.Classpath("", List.of()),
                new FromSubmitter.FilePart(
                    SampleMessages.HASH, 4096, SampleMessages.payload(9000), false, ""),
                new FromSubmitter.FilePart("", 0, Payload.EMPTY, true, "it is gone"),
                new FromSubmitter.Heartbeat(),
                new FromSubmitter.Detach()));
    long number = 1;
    for (Order order : orders()) {
      messages.add(new FromSubmitter.Ordered(number++, order));
    }
    return messages;
  }

  static List<ToSubmitter> toSubmitter() {
    return List.of(
        new ToSubmitter.Welcome(SampleMessages.payload(32), 7, Long.MAX_VALUE),
        new ToSubmitter.Refused("it ends", true),
        new ToSubmitter.Refused("", false),
        new ToSubmitter.OrdersTaken(Long.MAX_VALUE),
        new ToSubmitter.Reports(5, 1_000, ended()),
        new ToSubmitter.Reports(0, 20_000, List.of()),
        new ToSubmitter.Status(
            1,
            2,
            3,
            4,
            5,
            List.of(
                new ToSubmitter.Status.ManagerStatus("m1", "host", "b-0001", 64, 63, "active", 9)),
            List.of(new ToSubmitter.Status.BlockStatus("b-0001", "4711", "live", 1, "why")),
            Optional.of("no block")),
        new ToSubmitter.Status(0, 0, 0, 0, 0, List.of(), List.of(), Optional.empty()),
        new ToSubmitter.NeedClasspath(SampleMessages.HASH),
        new ToSubmitter.NeedFile(SampleMessages.HASH, Long.MAX_VALUE),
        new ToSubmitter.BadState("the disk is full"),
        new ToSubmitter.Heartbeat(),
        new ToSubmitter.Ended());
  }
}
