package dev.drover.benchmark;

import dev.drover.interchange.Effect;
import dev.drover.interchange.Event;
import dev.drover.interchange.InterchangeSettings;
import dev.drover.interchange.InterchangeState;
import dev.drover.interchange.Placement;
import dev.drover.interchange.Submission;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A task's way through the interchange without its sockets: submitted on its own, handed out,
 * finished; nanoseconds a task.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InterchangeStatePart {
  private static final int TASKS = 4096;
  private static final int SLOTS = 64;

  @Param({"4", "4096"})
  int managers;

  private final TaskSpec spec =
      TaskSpec.of(new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.PROCESS));
  private InterchangeState state;
  private long nextId = 1;
  private long batch;
  private long now = 1;

  @Setup
  public void register() {
    state =
        new InterchangeState(
            new InterchangeSettings(
                Duration.ofSeconds(30),
                Duration.ofDays(1),
                Placement.SPREAD,
                failed -> 1,
                Optional.empty()));
    for (int i = 0; i < managers; i++) {
      ManagerId id = new ManagerId("m" + i);
      ManagerFacts facts =
          new ManagerFacts(id, "", "node" + i, 1, SLOTS, 1, 0, List.of(), SLOTS, 0, "", "", "", 1);
      Payload route = Payload.of(("route" + i).getBytes());
      state.on(
          new Event.Registered(new FromManager.Register(facts, route, 2 * SLOTS, List.of())), now);
      state.on(new Event.FromManagerSaid(id, new FromManager.Ready()), now);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long submitDispatchFinish() {
    List<Submission> submissions = new ArrayList<>(TASKS);
    for (int i = 0; i < TASKS; i++) {
      submissions.add(
          new Submission(nextId++, TaskBatch.single(spec, TaskOptions.DEFAULT, report -> {})));
    }
    long target = state.finishedTasks() + TASKS;
    state.on(new Event.Submitted(submissions), ++now);
    while (state.finishedTasks() < target) {
      for (Effect effect : state.on(new Event.Dispatch(), ++now)) {
        if (effect instanceof Effect.Send send
            && send.message() instanceof ToManager.RunTasks run) {
          state.on(new Event.FromManagerSaid(send.manager(), finished(run)), ++now);
        }
      }
    }
    return state.finishedTasks();
  }

  private FromManager finished(ToManager.RunTasks run) {
    List<TaskOutcome> outcomes = new ArrayList<>(run.tasks().size());
    for (TaskAssignment task : run.tasks()) {
      outcomes.add(FrameCodecPart.outcome(task.id().value()));
    }
    return new FromManager.TasksFinished(++batch, outcomes, 2 * SLOTS);
  }
}
