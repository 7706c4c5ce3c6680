package dev.drover.manager;

import dev.drover.pinning.SlotPlaces;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ToWorker;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import dev.drover.worker.JavaTaskRunner;
import dev.drover.worker.UserClassLoaders;
import dev.drover.worker.WorkerPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what {@link ManagerState} decides: hands commands to the slots' threads and functions, once
 * their classes are here, to the worker JVMs. The loop's thread only.
 */
final class EffectPerformer implements Effect.Cases<Void> {
  private static final Logger log = LoggerFactory.getLogger(EffectPerformer.class);

  /** The loop, to which what comes of it is told. */
  interface Loop {
    void on(Event event);

    void say(FromManager message);

    /** Nothing is left to do. */
    void leave();
  }

  private final WorkerPoolOptions options;
  private final ManagerFacts facts;
  private final SlotTools tools;
  private final SlotThreads threads;
  private final WorkerJvms workers;
  private final ClasspathFetcher classpaths;
  private final Loop loop;
  private final UserClassLoaders ownLoaders = new UserClassLoaders();

  /** By slot, what its worker JVM is to run once the classes are here. */
  private final Map<Integer, List<TaskAssignment>> awaitingJars = new HashMap<>();

  /** By slot, what its thread is to call once the classes are here. */
  private final Map<Integer, TaskAssignment> callsAwaitingJars = new HashMap<>();

  EffectPerformer(
      WorkerPoolOptions options,
      ManagerFacts facts,
      SlotTools tools,
      SlotThreads threads,
      WorkerJvms workers,
      ClasspathFetcher classpaths,
      Loop loop) {
    this.options = options;
    this.facts = facts;
    this.tools = tools;
    this.threads = threads;
    this.workers = workers;
    this.classpaths = classpaths;
    this.loop = loop;
  }

  @Override
  public Void runOnSlot(Effect.RunOnSlot effect) {
    SlotPlaces.Share share;
    try {
      share = tools.shareOf(effect.slot(), effect.lent(), effect.task());
    } catch (IllegalArgumentException e) {
      loop.on(
          new Event.ShellEnded(effect.slot(), List.of(notStarted(effect.task(), e.getMessage()))));
      return null;
    }
    if (effect.task().spec().work() instanceof TaskWork.Java java) {
      call(effect.slot(), effect.task(), share, java);
    } else {
      threads.get(effect.slot()).run(effect.task(), share);
    }
    return null;
  }

  @Override
  public Void followOnSlot(Effect.FollowOnSlot effect) {
    effect.tasks().forEach(threads.get(effect.slot())::runNext);
    return null;
  }

  /** Isolated by thread: in this JVM. */
  private void call(int slot, TaskAssignment task, SlotPlaces.Share share, TaskWork.Java java) {
    callsAwaitingJars.put(slot, task);
    classpaths.want(
        java.classpath(),
        jars -> {
          if (callsAwaitingJars.get(slot) != task) {
            return; // it was ended meanwhile
          }
          callsAwaitingJars.remove(slot);
          if (!jars.problem().isEmpty()) {
            loop.on(new Event.ShellEnded(slot, notStarted(task, jars.problem())));
            return;
          }
          ownLoaders.define(java.classpath(), jars.paths().stream().map(Path::of).toList());
          WorkerPlace place =
              new WorkerPlace(slot, facts.slots(), facts.id().value(), facts.block(), facts.host());
          threads
              .get(slot)
              .call(
                  task,
                  share,
                  () ->
                      JavaTaskRunner.inManager(place, options.maxPayloadBytes())
                          .run(task, ownLoaders.of(java.classpath())));
        });
  }

  @Override
  public Void runOnWorker(Effect.RunOnWorker effect) {
    int slot = effect.slot();
    SlotPlaces.Share share;
    try {
      share = tools.shareOf(slot, effect.lent(), effect.tasks().get(0));
    } catch (IllegalArgumentException e) {
      loop.on(
          new Event.WorkerFinished(
              slot, List.of(notStarted(effect.tasks().get(0), e.getMessage()))));
      return null;
    }
    List<TaskAssignment> tasks = awaitingJars.computeIfAbsent(slot, s -> new ArrayList<>());
    tasks.addAll(effect.tasks());
    TaskWork.Java first = (TaskWork.Java) effect.tasks().get(0).spec().work();
    classpaths.want(
        first.classpath(),
        jars -> {
          if (awaitingJars.remove(slot, tasks) && !tasks.isEmpty()) {
            haveJars(slot, share, List.copyOf(tasks), jars);
          }
        });
    return null;
  }

  private void haveJars(
      int slot, SlotPlaces.Share share, List<TaskAssignment> tasks, ClasspathFetcher.Jars jars) {
    if (jars.problem().isEmpty()) {
      workers.send(slot, threads.get(slot), share, new ToWorker.Run(tasks, jars.paths()));
    } else {
      loop.on(
          new Event.WorkerFinished(
              slot, tasks.stream().map(task -> notStarted(task, jars.problem())).toList()));
    }
  }

  private TaskOutcome notStarted(TaskAssignment task, String problem) {
    return without(task, Ending.NOT_STARTED, problem);
  }

  private static TaskOutcome without(TaskAssignment task, Ending ending, String message) {
    return TaskOutcome.without(
        task.id(), task.attempt(), ending, message, System.currentTimeMillis() * 1000);
  }

  @Override
  public Void endCommand(Effect.EndCommand effect) {
    TaskAssignment waiting = callsAwaitingJars.get(effect.slot());
    if (waiting != null && waiting.id().equals(effect.task())) {
      callsAwaitingJars.remove(effect.slot());
      Ending ending = effect.timeout() ? Ending.TIMED_OUT : Ending.CANCELLED;
      loop.on(
          new Event.ShellEnded(
              effect.slot(), without(waiting, ending, SlotThread.message(ending, waiting))));
      return null;
    }
    threads.get(effect.slot()).ofThread().end(effect.task(), effect.timeout());
    return null;
  }

  @Override
  public Void killWorker(Effect.KillWorker effect) {
    if (awaitingJars.remove(effect.slot()) != null) {
      loop.on(
          new Event.WorkerDied(
              effect.slot(),
              new WorkerDeath(Ending.NOT_STARTED, -1, 0, "ended before it began", "")));
    } else {
      workers.kill(effect.slot());
    }
    return null;
  }

  @Override
  public Void recall(Effect.Recall effect) {
    List<TaskAssignment> waiting = awaitingJars.get(effect.slot());
    if (waiting == null) {
      workers.recall(effect.slot());
    } else {
      List<TaskAssignment> behind = waiting.subList(1, waiting.size());
      List<TaskId> recalled = behind.stream().map(TaskAssignment::id).toList();
      behind.clear();
      loop.on(new Event.Recalled(effect.slot(), recalled));
    }
    return null;
  }

  @Override
  public Void recallCommands(Effect.RecallCommands effect) {
    int slot = effect.slot();
    loop.on(new Event.Recalled(slot, threads.get(slot).ofThread().recall()));
    return null;
  }

  @Override
  public Void send(Effect.Send effect) {
    if (effect.message() instanceof FromManager.TasksReturned returned
        && !returned.reason().isEmpty()) {
      log.warn("given back: {}", returned.reason());
    }
    loop.say(effect.message());
    return null;
  }

  @Override
  public Void leave(Effect.Leave effect) {
    log.info("leaving: {}", effect.reason());
    loop.say(new FromManager.Leaving(effect.reason()));
    loop.leave();
    return null;
  }
}
