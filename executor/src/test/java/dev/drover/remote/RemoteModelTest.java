package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.EndedTask;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterId;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.Ending;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random stories of a submitter and its interchange over connections that break, stand still and
 * come back, while both processes are killed and start again from what is on their disks. Whatever
 * happens, each task runs to its end once there, and is told of once here.
 */
class RemoteModelTest {
  private static final int STORIES = 1_000;
  private static final int STEPS = 400;
  private static final TaskSpec SPEC = TaskSpec.of(TaskWork.Shell.line("true"));

  private static final LinkSettings LINK =
      new LinkSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofMillis(500),
          Duration.ofSeconds(8),
          Duration.ofSeconds(1));

  @Test
  void everyTaskEndsOnceThere_andIsToldOfOnceHere() {
    for (int seed = 0; seed < STORIES; seed++) {
      World world = new World(seed);
      try {
        for (int step = 0; step < STEPS; step++) {
          world.step();
        }
        world.settle();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + world.story, e);
      }
    }
  }

  /** Two processes, their disks, and the wire. */
  private static final class World {
    final Random random;
    final StringBuilder story = new StringBuilder();
    long now = 1_000_000;

    // The submitter's disk.
    long submitted;
    final TreeSet<Long> toldHere = new TreeSet<>();

    // The submitter's memory.
    LinkState link;
    SubmitterId submitter;
    int processes;
    final TreeSet<Long> open = new TreeSet<>();
    final ArrayDeque<Runnable> journalHere = new ArrayDeque<>();
    final Set<Long> cancelsAsked = new HashSet<>();
    boolean connecting;

    // The interchange's disk.
    final Map<Long, SubmittedTasks> accepted = new HashMap<>();
    long lastAccepted;
    final List<EndedTask> spool = new ArrayList<>();

    // The interchange's memory.
    ServerState server;
    int before;
    final TreeSet<Long> running = new TreeSet<>();
    final ArrayDeque<Runnable> journalThere = new ArrayDeque<>();
    final Set<Long> cancelsObeyed = new HashSet<>();
    Set<Long> wanted = Set.of();
    long wantedUpTo;

    // The wire: what is under way in the session of that number, each way in order.
    long session;
    long sessionHere;
    long sessionThere;
    long lastCut = -1;
    boolean isStanding;
    FromSubmitter.Attach attaching;
    final ArrayDeque<Object[]> out = new ArrayDeque<>();
    final ArrayDeque<Object[]> back = new ArrayDeque<>();

    World(long seed) {
      random = new Random(seed);
      startServer();
      startLink();
    }

    void say(String what) {
      if (story.length() < 20_000) {
        story.append(now / 1000).append(' ').append(what).append("; ");
      }
    }

    void startServer() {
      server =
          new ServerState(
              new ServerSettings(
                  Duration.ofSeconds(5), Duration.ZERO, Duration.ofDays(1), 20, 1_000),
              lastAccepted,
              spool.size(),
              Set.of(),
              now);
      before = spool.size();
      sessionThere = -1;
      running.clear();
      Set<Long> ended = new HashSet<>();
      spool.forEach(e -> ended.add(e.outcome().id().value()));
      accepted
          .values()
          .forEach(
              tasks -> {
                for (long id = tasks.firstId(); id <= tasks.lastId(); id++) {
                  if (!ended.contains(id)) {
                    running.add(id);
                  }
                }
              });
    }

    void startLink() {
      submitter = new SubmitterId("s" + ++processes);
      link = new LinkState(LINK, submitted);
      closeSockets();
      connecting = false;
      cancelsAsked.clear();
      open.clear();
      if (submitted > 0) {
        List<SubmittedTasks> again = new ArrayList<>();
        for (long id = 1; id <= submitted; id++) {
          if (!toldHere.contains(id)) {
            open.add(id);
            again.add(tasks(id, 1));
          }
        }
        here(link.resubmit(again));
      }
      here(link.begin());
    }

    /** What is under way to them comes to nobody. */
    void closeSockets() {
      sessionHere = -1;
      attaching = null;
      back.clear();
    }

    static SubmittedTasks tasks(long first, int count) {
      return new SubmittedTasks(first, count, count == 1 ? -1 : first, SPEC, 0, 0, 3);
    }

    void step() {
      now += random.nextInt(300_000);
      int dice = random.nextInt(100);
      if (dice < 15) {
        submit();
      } else if (dice < 35) {
        deliverOut();
      } else if (dice < 55) {
        deliverBack();
      } else if (dice < 70) {
        endTask();
      } else if (dice < 80) {
        write(journalHere);
      } else if (dice < 88) {
        write(journalThere);
      } else if (dice < 90) {
        cut();
      } else if (dice < 91) {
        isStanding = !isStanding;
        say(isStanding ? "stands still" : "moves");
      } else if (dice < 92 && random.nextInt(3) == 0) {
        killServer();
      } else if (dice < 93 && random.nextInt(3) == 0) {
        killLink();
      } else if (dice < 94) {
        cancel();
      }
      tick();
    }

    void tick() {
      connect();
      here(link.tick(now));
      there(server.tick(now));
    }

    void connect() {
      if (connecting && !isStanding) {
        connecting = false;
        here(random.nextInt(5) == 0 ? link.notConnected("no", now) : link.connected(now));
      }
    }

    void submit() {
      List<SubmittedTasks> some = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        int count = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1;
        some.add(tasks(submitted + 1, count));
        for (int k = 0; k < count; k++) {
          open.add(++submitted);
        }
      }
      if (some.size() > 1 && random.nextInt(4) == 0) { // threads that overtook each other
        here(link.submit(some.subList(1, some.size())));
        here(link.submit(some.subList(0, 1)));
      } else {
        here(link.submit(some));
      }
    }

    void cancel() {
      long number = submitted + 1_000_000L * (cancelsAsked.size() + 1);
      cancelsAsked.add(number);
      here(link.order(new Order.Cancel(List.of(new TaskId(number)))));
    }

    void deliverOut() {
      for (int i = random.nextInt(6); i >= 0 && !out.isEmpty() && !isStanding; i--) {
        Object[] message = out.poll();
        if ((long) message[0] == sessionThere) {
          there(server.said((FromSubmitter) message[1], now));
        }
      }
      if (attaching != null && !isStanding) {
        FromSubmitter.Attach attach = attaching;
        attaching = null;
        there(server.attach(attach, now));
      }
    }

    void deliverBack() {
      for (int i = random.nextInt(6); i >= 0 && !back.isEmpty() && !isStanding; i--) {
        Object[] message = back.poll();
        boolean isControl = message[1] instanceof ToSubmitter.Welcome;
        if ((long) message[0] == sessionHere || isControl && (long) message[0] == session) {
          if (isControl) {
            sessionHere = (long) message[0];
          }
          here(link.said((ToSubmitter) message[1], now));
        }
      }
    }

    void endTask() {
      for (int i = random.nextInt(4); i >= 0 && !running.isEmpty(); i--) {
        Long id = running.ceiling((long) random.nextInt((int) submitted + 1));
        id = id == null ? running.first() : id;
        running.remove(id);
        spool.add(
            new EndedTask(
                TaskOutcome.without(new TaskId(id), 1, Ending.SUCCEEDED, "", now),
                true,
                "",
                "",
                "",
                0));
        there(server.reportsWritten(spool.size()));
      }
    }

    static void write(ArrayDeque<Runnable> journal) {
      while (!journal.isEmpty()) {
        journal.poll().run();
      }
    }

    void cut() {
      say("cut");
      // What came before the cut may still arrive, the rest never.
      while (!out.isEmpty() && random.nextBoolean()) {
        out.pollLast();
      }
      while (!back.isEmpty() && random.nextBoolean()) {
        back.pollLast();
      }
      lastCut = session; // what is said from now on in it goes nowhere
    }

    void killServer() {
      say("interchange killed");
      journalThere.clear();
      out.clear();
      startServer();
    }

    void killLink() {
      say("submitter killed");
      journalHere.clear();
      startLink();
    }

    void here(List<LinkEffect> effects) {
      for (LinkEffect effect : effects) {
        if (effect instanceof LinkEffect.Connect) {
          connecting = true;
        } else if (effect instanceof LinkEffect.Attach attach) {
          closeSockets();
          byte[] route = new byte[16];
          route[0] = 1;
          attaching =
              new FromSubmitter.Attach(
                  submitter,
                  Payload.of(route),
                  attach.ordersTaken(),
                  attach.reportsHad(),
                  attach.reportsHad() < 0
                      ? open.stream().map(id -> new IdRange(id, id)).toList()
                      : List.of(),
                  "test");
        } else if (effect instanceof LinkEffect.Send send) {
          if (sessionHere > lastCut) {
            out.add(new Object[] {sessionHere, send.message()});
          }
        } else if (effect instanceof LinkEffect.Disconnect) {
          closeSockets();
        } else if (effect instanceof LinkEffect.Tell tell
            && tell.message() instanceof ToSubmitter.Reports reports) {
          reports(reports);
        } else if (effect instanceof LinkEffect.Broke broke) {
          throw new AssertionError(broke.reason());
        }
      }
    }

    void reports(ToSubmitter.Reports reports) {
      for (EndedTask ended : reports.ended()) {
        long id = ended.outcome().id().value();
        if (open.remove(id)) {
          journalHere.add(
              () -> assertThat(toldHere.add(id)).as("task " + id + " is told of twice").isTrue());
        }
      }
      LinkState told = link;
      journalHere.add(() -> here(told.reportsHad(reports.upTo())));
    }

    void there(List<ServerEffect> effects) {
      for (ServerEffect effect : effects) {
        if (effect instanceof ServerEffect.OpenSession open) {
          session++;
          sessionThere = session;
          wanted = new HashSet<>();
          open.open().forEach(range -> wanted.add(range.first()));
          wantedUpTo = open.written();
          back.add(
              new Object[] {
                session,
                new ToSubmitter.Welcome(Payload.EMPTY, open.ordersReceived(), open.lastAccepted())
              });
        } else if (effect instanceof ServerEffect.Send send) {
          say(send.message());
        } else if (effect instanceof ServerEffect.CloseSession) {
          sessionThere = -1;
        } else if (effect instanceof ServerEffect.SendReports send) {
          sendReports(send.from());
        } else if (effect instanceof ServerEffect.Take take) {
          journalThere.add(() -> accept(take));
        } else if (effect instanceof ServerEffect.Obey obey) {
          ((Order.Cancel) obey.order()).tasks().forEach(id -> cancelsObeyed.add(id.value()));
        }
      }
    }

    void say(ToSubmitter message) {
      if (sessionThere > lastCut) {
        back.add(new Object[] {sessionThere, message});
      }
    }

    void sendReports(long from) {
      long upTo = Math.min(spool.size(), from + 7);
      List<EndedTask> some = new ArrayList<>();
      for (long number = from + 1; number <= upTo; number++) {
        EndedTask ended = spool.get((int) number - 1);
        if (number > wantedUpTo || wanted.contains(ended.outcome().id().value())) {
          some.add(ended);
        }
      }
      say(new ToSubmitter.Reports(from, upTo, some));
      there(server.reportsSent(upTo, 100));
    }

    void accept(ServerEffect.Take take) {
      for (SubmittedTasks tasks : take.tasks()) {
        assertThat(tasks.firstId()).as("it is new").isGreaterThan(lastAccepted);
        accepted.put(tasks.firstId(), tasks);
        lastAccepted = tasks.lastId();
        for (long id = tasks.firstId(); id <= tasks.lastId(); id++) {
          running.add(id);
        }
      }
      there(server.accepted(take.ticket()));
    }

    void settle() {
      isStanding = false;
      for (int i = 0; i < 3_000 && !isQuiet(); i++) {
        now += 100_000;
        connect();
        deliverOut();
        deliverBack();
        write(journalThere);
        write(journalHere);
        endTask();
        tick();
      }
      assertThat(open).as("ends that were not told").isEmpty();
      assertThat(toldHere).hasSize((int) submitted);
      assertThat(spool.stream().map(e -> e.outcome().id().value()))
          .as("ends there")
          .doesNotHaveDuplicates()
          .hasSize((int) submitted);
      assertThat(cancelsObeyed).containsAll(cancelsAsked);
    }

    boolean isQuiet() {
      return open.isEmpty()
          && toldHere.size() == submitted
          && cancelsObeyed.containsAll(cancelsAsked);
    }
  }
}
