package dev.drover.manager;

import dev.drover.loop.Mailbox;
import dev.drover.mpi.LeftRanks;
import dev.drover.pinning.SlotPlaces;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.FromWorker;
import dev.drover.protocol.ManagerFacts;
import dev.drover.protocol.ToManager;
import dev.drover.task.TaskOutcome;
import dev.drover.worker.ClasspathStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.ZMQ;

/**
 * The manager's thread: it owns the link and the worker JVMs' channels, feeds what comes in to
 * {@link ManagerState} and has {@link EffectPerformer} do what that decides. {@link #run} returns
 * when the manager has left.
 */
final class ManagerLoop {
  private static final Logger log = LoggerFactory.getLogger(ManagerLoop.class);
  private static final long ENDING_STEP_MICROS = 50_000;

  /** A look at every slot costs: not more often than this. */
  private static final long TICK_MICROS = 1_000;

  private final ManagerFacts facts;
  private final ManagerState state;
  private final SlotTools tools;
  private final SlotThreads threads;
  private final ManagerLink link;
  private final LinkWatch watch;
  private final WorkerJvms workers;
  private final ClasspathFetcher classpaths;
  private final GuardianWatch guardian;
  private final EffectPerformer performer;
  private final Mailbox<Runnable> mailbox = new Mailbox<>();
  private long beatMicros;
  private long tickMicros;
  private long endingMicros;

  /** Whether an end was asked for that is to begin in this turn. */
  private boolean endsAreNew;

  private volatile boolean left;
  private String failure;

  /**
   * @param block all hosts of the job, in its scheduler's order; empty = MPI tasks need not know
   * @param places of the slots, as many as the facts tell
   */
  ManagerLoop(
      WorkerPoolOptions options,
      ManagerFacts facts,
      List<String> block,
      SlotPlaces places,
      Path scratch,
      Path fenceMarker)
      throws IOException {
    this.facts = facts;
    int slots = facts.slots();
    String pool = facts.id().value();
    this.state =
        new ManagerState(
            new ManagerSettings(
                slots,
                options.prefetch(),
                options.drainPeriod(),
                tasksEndAfter(facts),
                facts.host(),
                facts.nodes(),
                places.deviceSlots()),
            nowMicros());
    LeftRanks leftRanks = LeftRanks.of(System.getenv(), facts.host(), ProcessTree::isRunning);
    this.tools = new SlotTools(options, facts, block, places, scratch, fenceMarker, leftRanks);
    this.threads = new SlotThreads(slots, tools, mailbox, this::on);
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
    this.watch = new LinkWatch(options, link, state::capacity, this::fail);
    this.classpaths =
        new ClasspathFetcher(
            new ClasspathStore(ClasspathStore.ofThisUserIn(options.scratchRoot())),
            link::send,
            mailbox::post);
    this.guardian =
        new GuardianWatch(tools.spawner(), facts, fenceMarker, scratch, options.logDirectory());
    this.performer =
        new EffectPerformer(
            options, facts, tools, threads, workers, classpaths, new FromPerformer());
  }

  /** Zero = never. */
  private static Duration tasksEndAfter(ManagerFacts facts) {
    long left = facts.blockTime().tasksEndMillis() - System.currentTimeMillis();
    return facts.blockTime().isLimited() ? Duration.ofMillis(Math.max(1, left)) : Duration.ZERO;
  }

  static long nowMicros() {
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
        watch.turn();
        int work = link.receive(nowMicros());
        if (!watch.isFinding()) {
          tools.leaseUntil(watch.leaseEndNanos());
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
    threads.close();
    if (left) {
      guardian.close();
    } else {
      guardian.fence(); // an error ended the loop: its tasks run elsewhere soon
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
      endsAreNew |= effect instanceof Effect.EndCommand || effect instanceof Effect.KillWorker;
    }
  }

  private long untilNext() {
    long now = nowMicros();
    long beat = Math.max(0, beatMicros + watch.patience().beat() - now);
    long next = Math.min(Math.min(state.untilDue(), beat), watch.untilNext(now));
    boolean isEnding = threads.isEnding() || workers.isEnding();
    return isEnding ? Math.min(next, ENDING_STEP_MICROS) : next;
  }

  /** What only the passing of time brings. */
  private void onTime() throws IOException {
    long now = nowMicros();
    if (now - tickMicros >= TICK_MICROS) {
      tickMicros = now;
      on(new Event.Tick());
    }
    if (endsAreNew || now - endingMicros >= ENDING_STEP_MICROS) {
      endsAreNew = false;
      ProcessLook look = new ProcessLook();
      threads.advanceEndings(look);
      workers.advanceEndings(look);
      endingMicros = nowMicros(); // a look among thousands of processes takes longer than a step
    }
    if (now - beatMicros >= watch.patience().beat()) {
      beatMicros = now;
      guardian.beat(watch.patience());
    }
    watch.onTime(now);
  }

  private void fail(String reason) {
    if (failure == null) {
      failure = reason;
      log.error("{}", reason);
      on(new Event.Stopping(reason));
    }
  }

  /** What comes of what was decided. */
  private final class FromPerformer implements EffectPerformer.Loop {
    @Override
    public void on(Event event) {
      ManagerLoop.this.on(event);
    }

    @Override
    public void say(FromManager message) {
      watch.say(message);
    }

    @Override
    public void leave() {
      left = true;
    }
  }

  /** What the interchange says. */
  private final class FromInterchange implements ManagerLink.Listener, ToManager.Cases<Void> {
    @Override
    public void joined(ToManager.Welcome welcome) {
      Patience wanted = Patience.of(welcome.heartbeatPeriod(), welcome.heartbeatThreshold());
      boolean isFirst = watch.joined(wanted);
      guardian.begin(wanted);
      if (isFirst) {
        log.info("registered at {} with {} slots", link.address(), facts.slots());
      }
      on(new Event.Acknowledged(welcome.ackedBatch()));
      state.unacknowledged().forEach(watch::say);
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
              on(new Event.Recalled(slot, message.tasks()));
              return null;
            }
          });
    }

    @Override
    public void died(int slot, List<TaskOutcome> last, WorkerDeath death) {
      on(new Event.WorkerDied(slot, last, death));
    }
  }
}
