package dev.drover.manager;

import dev.drover.loop.Mailbox;
import dev.drover.pinning.SlotPlaces;
import dev.drover.process.Guardian;
import dev.drover.process.GuardianSettings;
import dev.drover.process.SpawnException;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ToManager;
import dev.drover.protocol.ToWorker;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import dev.drover.worker.ClasspathStore;
import dev.drover.worker.JavaTaskRunner;
import dev.drover.worker.UserClassLoaders;
import dev.drover.worker.WorkerPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The manager's thread: it owns the link and the worker JVMs' channels, feeds what comes in to
 * {@link ManagerState} and does what that decides. {@link #run} returns when the manager has left.
 */
final class ManagerLoop {
  private static final Logger log = LoggerFactory.getLogger(ManagerLoop.class);
  private static final long ENDING_STEP_MICROS = 50_000;

  /** A look at every slot costs: not more often than this. */
  private static final long TICK_MICROS = 1_000;

  private static final long FINDING_MICROS = 1_000_000;

  /**
   * The part of the interchange's threshold after which this side gives up: before it is given up.
   */
  private static final double FENCE = 0.6;

  private final WorkerPoolOptions options;
  private final ManagerFacts facts;
  private final Path scratch;
  private final Path fenceMarker;
  private final ManagerState state;
  private final SlotTools tools;
  private final SlotThread[] threads;
  private final ManagerLink link;
  private final WorkerJvms workers;
  private final ClasspathFetcher classpaths;
  private final UserClassLoaders ownLoaders = new UserClassLoaders();
  private final Mailbox<Runnable> mailbox = new Mailbox<>();
  private final EffectPerformer performer = new EffectPerformer();

  /** By slot, what its worker JVM is to run once the classes are here. */
  private final Map<Integer, List<TaskAssignment>> awaitingJars = new HashMap<>();

  private Guardian guardian;
  private Duration heartbeatPeriod = Duration.ofSeconds(30);
  private Duration heartbeatThreshold = Duration.ofSeconds(120);
  private long saidMicros;
  private long beatMicros;
  private long tickMicros;
  private long endingMicros;
  private long turnMicros = nowMicros();
  private long findingUntilMicros;
  private boolean joinedOnce;
  private boolean left;
  private String failure;

  /**
   * @param places of the slots, as many as the facts tell
   */
  ManagerLoop(
      WorkerPoolOptions options,
      ManagerFacts facts,
      SlotPlaces places,
      Path scratch,
      Path fenceMarker)
      throws IOException {
    this.options = options;
    this.facts = facts;
    this.scratch = scratch;
    this.fenceMarker = fenceMarker;
    int slots = facts.slots();
    String pool = facts.id().value();
    this.state =
        new ManagerState(
            new ManagerSettings(
                slots, options.prefetch(), options.drainPeriod(), tasksEndAfter(facts)),
            nowMicros());
    this.tools = new SlotTools(options, pool, places, scratch, fenceMarker);
    this.threads = new SlotThread[slots];
    this.workers =
        new WorkerJvms(
            options, pool, facts.host(), slots, scratch, tools, mailbox::post, new FromWorkers());
    this.link =
        new ManagerLink(
            options.addresses(),
            options.port(),
            options.keys(),
            route ->
                new FromManager.Register(
                    facts, route, state.capacity(), state.held(), System.currentTimeMillis()),
            new FromInterchange());
    this.classpaths =
        new ClasspathFetcher(
            new ClasspathStore(options.scratchRoot().resolve("drover-jars-" + userName())),
            link::send,
            mailbox::post);
  }

  /** Zero = never. */
  private static Duration tasksEndAfter(ManagerFacts facts) {
    long left = facts.blockTime().tasksEndMillis() - System.currentTimeMillis();
    return facts.blockTime().isLimited() ? Duration.ofMillis(Math.max(1, left)) : Duration.ZERO;
  }

  private static String userName() {
    return System.getProperty("user.name").replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  private static long nowMicros() {
    return System.nanoTime() / 1000;
  }

  /** Ends the tasks and leaves; any thread. */
  void stop(String reason) {
    mailbox.post(() -> on(new Event.Stopping(reason)));
  }

  /**
   * Works until it has left, on the calling thread.
   *
   * @return why it failed; null = it left in order
   */
  String run() throws IOException {
    Thread sampler = new Thread(this::sampleMemory, "drover-memory");
    sampler.setDaemon(true);
    sampler.start();
    try {
      link.join(nowMicros());
      ZMQ.Poller poller = null;
      while (!left) {
        noticeStandstill();
        int work = link.receive(nowMicros());
        if (!isFinding()) {
          work += mailbox.take(Runnable::run, 1_000);
          work += workers.receive();
        }
        onTime();
        on(new Event.Flush());
        if (work == 0 && !left && mailbox.beforeSleep()) {
          // Both are asked: a change must not be forgotten for the other's sake.
          if (link.takeSocketsChanged() | workers.takeChannelsChanged() | poller == null) {
            poller = poller();
          }
          poller.poll(untilNext() / 1000 + 1);
          mailbox.afterSleep();
        }
      }
      return failure;
    } finally {
      close();
    }
  }

  /**
   * A process that was stopped has not heard anybody, which says nothing about the interchange: it
   * registers again, and is told what has become of its tasks.
   */
  private void noticeStandstill() throws IOException {
    long now = nowMicros();
    long gap = now - turnMicros;
    turnMicros = now;
    if (joinedOnce && gap > fenceAfter().toNanos() / 2_000) {
      log.warn("this process stood still for {} s: registering again", gap / 1_000_000);
      link.stoodStill(now);
      link.join(now);
      findingUntilMicros = now + FINDING_MICROS;
    }
  }

  /**
   * Nothing new is begun until the interchange has said which tasks are still this manager's, or
   * for a moment at most.
   */
  private boolean isFinding() {
    if (findingUntilMicros != 0 && (link.hasHeardInSession() || nowMicros() > findingUntilMicros)) {
      findingUntilMicros = 0;
    }
    return findingUntilMicros != 0;
  }

  private ZMQ.Poller poller() {
    ZMQ.Poller poller = link.poller(8 + facts.slots());
    poller.register(mailbox.wakeUps(), ZMQ.Poller.POLLIN);
    link.register(poller);
    workers.register(poller);
    return poller;
  }

  private void close() throws IOException {
    workers.close();
    classpaths.close();
    for (SlotThread thread : threads) {
      if (thread != null) {
        thread.close();
      }
    }
    if (guardian != null) {
      guardian.close();
    }
    link.close();
    mailbox.close();
  }

  private void sampleMemory() {
    while (!left) {
      try {
        Thread.sleep(500); // the sampling rate: a thread of its own that does nothing else
        tools.sampleMemory();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.debug("memory cannot be sampled", e);
      }
    }
  }

  private void on(Event event) {
    for (Effect effect : state.on(event, nowMicros())) {
      effect.match(performer);
    }
  }

  private long untilNext() {
    long now = nowMicros();
    long next = Math.min(state.untilDue(), Math.max(0, beatMicros + beatPeriod() - now));
    if (link.hasHeardInSession()) {
      next = Math.min(next, Math.max(0, saidMicros + heartbeatPeriod.toNanos() / 1000 - now));
    } else {
      next = Math.min(next, 20_000);
    }
    return isEnding() ? Math.min(next, ENDING_STEP_MICROS) : next;
  }

  private boolean isEnding() {
    for (SlotThread thread : threads) {
      if (thread != null && thread.isEnding()) {
        return true;
      }
    }
    return workers.isEnding();
  }

  /** What only the passing of time brings. */
  private void onTime() throws IOException {
    long now = nowMicros();
    if (now - tickMicros >= TICK_MICROS) {
      tickMicros = now;
      on(new Event.Tick());
    }
    if (now - endingMicros >= ENDING_STEP_MICROS) {
      endingMicros = now;
      for (SlotThread thread : threads) {
        if (thread != null && thread.isEnding()) {
          thread.advanceEnding(System.nanoTime());
        }
      }
      workers.advanceEndings(System.nanoTime());
    }
    if (now - beatMicros >= beatPeriod()) {
      beatMicros = now;
      beat();
    }
    watchLink(now);
  }

  private long beatPeriod() {
    return Math.min(1_000_000, fenceAfter().toNanos() / 5_000);
  }

  /** Whole seconds, since that is what the guardian counts. */
  private Duration fenceAfter() {
    return Duration.ofSeconds(Math.max(1, (long) (heartbeatThreshold.toMillis() * FENCE / 1000)));
  }

  private void beat() {
    if (guardian == null) {
      return;
    }
    try {
      guardian.beat();
    } catch (IOException e) {
      log.warn("{}; another one is started", e.getMessage());
      startGuardian();
    }
  }

  private void startGuardian() {
    try {
      if (guardian != null) {
        guardian.close();
      }
      guardian =
          Guardian.start(
              tools.spawner(),
              new GuardianSettings(
                  facts.id().value(),
                  fenceAfter(),
                  fenceMarker,
                  List.of(scratch),
                  options.logDirectory().resolve(facts.id() + "-guardian.log")));
    } catch (SpawnException e) {
      log.warn(
          "no guardian: {}; should this manager be killed, its tasks' processes stay behind",
          e.getMessage());
    }
  }

  private void watchLink(long now) throws IOException {
    link.tick(now);
    Duration silence = link.silence(now);
    if (!joinedOnce) {
      if (silence.compareTo(options.probeTimeout()) > 0) {
        fail(
            ("no interchange answered at port %d of %s within %d s: is a firewall between this node and the submitting one? "
                    + "executor.address sets the address, executor.address-probe-timeout the patience")
                .formatted(
                    options.port(),
                    String.join(", ", options.addresses()),
                    options.probeTimeout().toSeconds()));
      }
      return;
    }
    if (silence.compareTo(fenceAfter()) > 0) {
      fail(
          "the interchange at %s has been silent for %d s"
              .formatted(link.address(), silence.toSeconds()));
    } else if (link.isJoined() && silence.compareTo(registerAgainAfter()) > 0) {
      log.warn("nothing from the interchange for {} s: registering again", silence.toSeconds());
      link.join(now);
    }
    if (link.isJoined() && now - saidMicros >= heartbeatPeriod.toNanos() / 1000) {
      say(new FromManager.Heartbeat(state.capacity()));
    }
  }

  /** Three missed signs of life, and early enough to be heard before the fence. */
  private Duration registerAgainAfter() {
    Duration threeMissed = heartbeatPeriod.multipliedBy(3);
    Duration early = fenceAfter().multipliedBy(2).dividedBy(3);
    return threeMissed.compareTo(early) < 0 ? threeMissed : early;
  }

  private void fail(String reason) {
    if (failure == null) {
      failure = reason;
      log.error("{}", reason);
      on(new Event.Stopping(reason));
    }
  }

  private void say(FromManager message) {
    if (link.send(message)) {
      saidMicros = nowMicros();
    }
  }

  private SlotThread thread(int slot) {
    if (threads[slot] == null) {
      threads[slot] = new SlotThread(slot, tools);
    }
    return threads[slot];
  }

  /** What the interchange says. */
  private final class FromInterchange implements ManagerLink.Listener, ToManager.Cases<Void> {
    @Override
    public void joined(ToManager.Welcome welcome) {
      heartbeatPeriod = welcome.heartbeatPeriod();
      heartbeatThreshold = welcome.heartbeatThreshold();
      if (guardian == null) {
        startGuardian();
      }
      if (!joinedOnce) {
        log.info("registered at {} with {} slots", link.address(), facts.slots());
      }
      joinedOnce = true;
      on(new Event.Acknowledged(welcome.ackedBatch()));
      state.unacknowledged().forEach(ManagerLoop.this::say);
      classpaths.rejoined();
    }

    @Override
    public void said(ToManager message, long ackedBatch) {
      on(new Event.Acknowledged(ackedBatch));
      message.match(this);
    }

    @Override
    public void refused(String reason) {
      fail("the interchange refused this manager: " + reason);
    }

    @Override
    public Void helloReply(ToManager.HelloReply message) {
      return null;
    }

    @Override
    public Void welcome(ToManager.Welcome message) {
      return null;
    }

    @Override
    public Void refused(ToManager.Refused message) {
      refused(message.reason());
      return null;
    }

    @Override
    public Void runTasks(ToManager.RunTasks message) {
      on(new Event.Assigned(message.tasks()));
      return null;
    }

    @Override
    public Void cancelTasks(ToManager.CancelTasks message) {
      on(new Event.Cancelled(message.tasks()));
      return null;
    }

    @Override
    public Void classpath(ToManager.Classpath message) {
      classpaths.came(message);
      return null;
    }

    @Override
    public Void filePart(ToManager.FilePart message) {
      classpaths.came(message);
      return null;
    }

    @Override
    public Void heartbeat(ToManager.Heartbeat message) {
      return null;
    }

    @Override
    public Void drain(ToManager.Drain message) {
      on(new Event.Draining(message.reason()));
      return null;
    }

    @Override
    public Void rejoin(ToManager.Rejoin message) {
      return null; // the link does it
    }

    @Override
    public Void stop(ToManager.Stop message) {
      link.peerIsDone();
      on(new Event.Stopping(message.reason()));
      return null;
    }
  }

  /** What the worker JVMs say. */
  private final class FromWorkers implements WorkerJvms.Listener {
    @Override
    public void said(int slot, FromWorker message) {
      message.match(
          new FromWorker.Cases<Void>() {
            @Override
            public Void started(FromWorker.Started message) {
              return null;
            }

            @Override
            public Void finished(FromWorker.Finished message) {
              on(new Event.WorkerFinished(slot, message.outcomes()));
              return null;
            }

            @Override
            public Void recalled(FromWorker.Recalled message) {
              on(new Event.WorkerRecalled(slot, message.tasks()));
              return null;
            }
          });
    }

    @Override
    public void died(int slot, List<TaskOutcome> last, WorkerDeath death) {
      on(new Event.WorkerDied(slot, last, death));
    }
  }

  private final class EffectPerformer implements Effect.Cases<Void> {
    @Override
    public Void runOnSlot(Effect.RunOnSlot effect) {
      SlotPlaces.Share share = share(effect.slot(), effect.lent(), effect.task());
      if (effect.task().spec().work() instanceof TaskWork.Java java) {
        call(effect.slot(), effect.task(), share, java);
      } else {
        thread(effect.slot())
            .run(
                effect.task(),
                share,
                outcome -> mailbox.post(() -> on(new Event.ShellEnded(effect.slot(), outcome))));
      }
      return null;
    }

    private SlotPlaces.Share share(int slot, List<Integer> lent, TaskAssignment task) {
      return tools.shareOf(slot, lent, task.spec().resources());
    }

    /** Isolated by thread: in this JVM. */
    private void call(int slot, TaskAssignment task, SlotPlaces.Share share, TaskWork.Java java) {
      classpaths.want(
          java.classpath(),
          jars -> {
            if (!jars.problem().isEmpty()) {
              on(new Event.ShellEnded(slot, notStarted(task, jars.problem())));
              return;
            }
            ownLoaders.define(java.classpath(), jars.paths().stream().map(Path::of).toList());
            WorkerPlace place =
                new WorkerPlace(
                    slot, facts.slots(), facts.id().value(), facts.block(), facts.host());
            thread(slot)
                .call(
                    task,
                    share,
                    () ->
                        JavaTaskRunner.inManager(place, options.maxPayloadBytes())
                            .run(task, ownLoaders.of(java.classpath())),
                    outcome -> mailbox.post(() -> on(new Event.ShellEnded(slot, outcome))));
          });
    }

    @Override
    public Void runOnWorker(Effect.RunOnWorker effect) {
      int slot = effect.slot();
      List<TaskAssignment> tasks = awaitingJars.computeIfAbsent(slot, s -> new ArrayList<>());
      tasks.addAll(effect.tasks());
      SlotPlaces.Share share = share(slot, effect.lent(), effect.tasks().get(0));
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
        workers.send(slot, thread(slot), share, new ToWorker.Run(tasks, jars.paths()));
      } else {
        on(
            new Event.WorkerFinished(
                slot, tasks.stream().map(task -> notStarted(task, jars.problem())).toList()));
      }
    }

    private TaskOutcome notStarted(TaskAssignment task, String problem) {
      return TaskOutcome.without(
          task.id(),
          task.attempt(),
          Ending.NOT_STARTED,
          problem,
          System.currentTimeMillis() * 1000);
    }

    @Override
    public Void endCommand(Effect.EndCommand effect) {
      thread(effect.slot()).end(effect.timeout(), System.nanoTime());
      return null;
    }

    @Override
    public Void killWorker(Effect.KillWorker effect) {
      if (awaitingJars.remove(effect.slot()) != null) {
        on(
            new Event.WorkerDied(
                effect.slot(),
                new WorkerDeath(Ending.NOT_STARTED, -1, 0, "ended before it began", "", false)));
      } else {
        workers.kill(effect.slot(), System.nanoTime());
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
        on(new Event.WorkerRecalled(effect.slot(), recalled));
      }
      return null;
    }

    @Override
    public Void send(Effect.Send effect) {
      say(effect.message());
      return null;
    }

    @Override
    public Void leave(Effect.Leave effect) {
      log.info("leaving: {}", effect.reason());
      say(new FromManager.Leaving(effect.reason()));
      left = true;
      return null;
    }
  }
}
