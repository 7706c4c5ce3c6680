package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.FreePorts;
import dev.drover.journal.RunEnd;
import dev.drover.journal.RunState;
import dev.drover.protocol.CurveKeys;
import dev.drover.remote.RemoteInterchange;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections and processes that break under a run whose interchange is elsewhere. */
@Timeout(400)
class RemoteFaultsTest {
  private static final int PORTS = 30;

  private final int firstPort = FreePorts.first(PORTS);
  private final int lastPort = firstPort + PORTS - 1;

  @TempDir Path home;
  private final Queue<TaskReport> told = new ConcurrentLinkedQueue<>();
  private final Completion tell = told::add;

  @AfterEach
  void nothingIsLeft() {
    Processes.assertNoneLeft(home);
  }

  private List<Long> toldIds() {
    return told.stream().map(report -> report.id().value()).sorted().toList();
  }

  private static List<Long> ids(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Long::valueOf).toList();
  }

  private List<Integer> ran() throws IOException {
    Path ran = home.resolve("ran");
    return Files.exists(ran)
        ? Files.readAllLines(ran).stream().map(Integer::valueOf).sorted().toList()
        : List.of();
  }

  /** Ends a command: tasks with higher ids than this wait for a file. */
  private static String laterThan(int id, Path file) {
    return "[ $DROVER_TASK_ID -le %d ] || until [ -e %s ]; do sleep 0.05; done".formatted(id, file);
  }

  private static RunState state(Path journal) throws IOException {
    return RunState.replay(journal).state();
  }

  @Test
  void connectionsAreCutAndStandStill_withAThousandTasksUnderWay_andNothingIsLostOrRunTwice()
      throws Exception {
    try (Proxy proxy = new Proxy(firstPort, lastPort)) {
      RemoteHost host =
          new RemoteHost(home, "executor.port-range=%d-%d".formatted(firstPort, lastPort));
      host.network =
          there ->
              new RemoteInterchange.Addresses(
                  there.control().replace("127.0.0.1", "127.0.0.2"),
                  there.data().replace("127.0.0.1", "127.0.0.2"));
      try (RemoteSubmitter submitter = new RemoteSubmitter(home, host, tell)) {
        // Half of them wait until the network stands still: most are to be left then.
        Path go = home.resolve("go");
        submitter.submit(home.resolve("ran"), 1_000, "sleep 0.01; " + laterThan(500, go), tell);
        await().atMost(TestRun.PATIENCE).until(() -> told.size() > 50);

        proxy.cut();
        int atCut = told.size();
        await().atMost(TestRun.PATIENCE).until(() -> told.size() > atCut + 50);

        proxy.freeze(true);
        int before = told.size();
        Files.createFile(go);
        // Meanwhile it goes on there.
        await().atMost(TestRun.PATIENCE).until(() -> ran().size() > before + 200);
        assertThat(told.size()).isLessThan(before + 150);
        proxy.freeze(false);

        await().atMost(TestRun.PATIENCE).until(() -> told.size() >= 1_000);
      }
      assertThat(toldIds()).isEqualTo(ids(1_000));
      assertThat(ran()).hasSize(1_000).doesNotHaveDuplicates();
      assertThat(host.starts()).isEqualTo(1);
    }
  }

  @Test
  void whenTheSubmitterIsKilled_theRunGoesOn_andAnotherProcessHearsOfAllThatEnded()
      throws Exception {
    Path go = home.resolve("go");
    Process child = RemoteSubmitter.start(home, 300, "sleep 0.01; " + laterThan(200, go));
    await().atMost(TestRun.PATIENCE).until(() -> ran().size() > 20);
    child.destroyForcibly().waitFor();
    Files.createFile(go);
    Path here = home.resolve("here/journal.jsonl");
    RunState atDeath = state(here);
    assertThat(atDeath.lastAccepted()).isEqualTo(300);
    assertThat(atDeath.finished()).isLessThan(300);
    Path there = home.resolve("remote/journal.jsonl");
    await().atMost(TestRun.PATIENCE).until(() -> state(there).finished() == 300);

    try (RemoteSubmitter submitter = new RemoteSubmitter(home, new RemoteHost(home), tell)) {
      submitter.submit(home.resolve("ran"), 3, "true", tell);
      await().atMost(TestRun.PATIENCE).until(() -> told.size() == 303 - atDeath.finished());
    }
    RunState after = state(here);
    assertThat(after.finished(Ending.SUCCEEDED)).isEqualTo(303);
    assertThat(ran()).hasSize(303);
    assertThat(ran().stream().distinct()).hasSize(300);
    assertThat(told.stream().map(TaskReport::id)).doesNotHaveDuplicates();
    assertThat(state(there).starts()).as("it was never started again").isEqualTo(1);
  }

  @Test
  void whenTheInterchangeIsKilled_anotherTakesUpWhatItLeft_functionsToo() throws Exception {
    RemoteHost host = new RemoteHost(home);
    List<TaskFuture<String>> functions = new ArrayList<>();
    try (RemoteSubmitter submitter = new RemoteSubmitter(home, host, tell)) {
      submitter.submit(home.resolve("ran"), 100, "sleep 0.02", tell);
      for (int i = 0; i < 20; i++) {
        String text = "function " + i;
        functions.add(submitter.executor.submit(() -> text + "!"));
      }
      await().atMost(TestRun.PATIENCE).until(() -> told.size() > 20);

      host.process().destroyForcibly().waitFor();

      await().atMost(TestRun.PATIENCE).until(() -> told.size() >= 100);
      for (int i = 0; i < functions.size(); i++) {
        assertThat(TestRun.get(functions.get(i))).isEqualTo("function " + i + "!");
      }
    }
    assertThat(toldIds()).isEqualTo(ids(100));
    assertThat(told).allMatch(report -> report.outcome().ending().isSuccess());
    assertThat(host.starts()).isEqualTo(2);
    // What the killed process had not journaled may have run again, and nothing else.
    assertThat(ran().stream().distinct()).hasSize(100);
    RunState there = state(home.resolve("remote/journal.jsonl"));
    assertThat(there.finished(Ending.SUCCEEDED)).isEqualTo(120);
  }

  @Test
  void aStopWhileTheInterchangeCannotBeReached_doesNotHang_andTheRunCanBeGoneOnWith()
      throws Exception {
    try (Proxy proxy = new Proxy(firstPort, lastPort)) {
      RemoteHost host =
          new RemoteHost(home, "executor.port-range=%d-%d".formatted(firstPort, lastPort));
      host.network =
          there ->
              new RemoteInterchange.Addresses(
                  there.control().replace("127.0.0.1", "127.0.0.2"),
                  there.data().replace("127.0.0.1", "127.0.0.2"));
      RemoteSubmitter submitter =
          new RemoteSubmitter(home, host, RemoteHost.link(Duration.ofSeconds(2)), tell);
      Path go = home.resolve("go");
      submitter.submit(home.resolve("ran"), 2, laterThan(0, go), tell);
      await().atMost(TestRun.PATIENCE).until(() -> ran().size() == 2);
      proxy.refuse(true);
      proxy.cut();

      submitter.executor.cancelAll("stop");
      submitter.close();

      assertThat(told).hasSize(2).allMatch(report -> report.outcome().ending() == Ending.CANCELLED);
      Files.createFile(go);
      proxy.refuse(false);
      told.clear();
      try (RemoteSubmitter again = new RemoteSubmitter(home, host, tell)) {
        await().atMost(TestRun.PATIENCE).until(() -> told.size() == 2);
      }
      assertThat(told).allMatch(report -> report.outcome().ending().isSuccess());
      assertThat(ran()).hasSize(2);
    }
  }

  @Test
  void whoHasOtherKeys_isNotLetIn() throws Exception {
    RemoteHost host = new RemoteHost(home);
    host.connect();
    Path foreign = home.resolve("foreign");
    CurveKeys.create(foreign);
    Files.copy(
        home.resolve("remote/keys/interchange.public"),
        foreign.resolve("interchange.public"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    AtomicInteger attempts = new AtomicInteger();
    RemoteInterchange stranger =
        new RemoteInterchange() {
          @Override
          public Addresses connect() throws IOException {
            attempts.incrementAndGet();
            return host.connect();
          }

          @Override
          public Path keys() {
            return foreign;
          }

          @Override
          public void close() {}
        };
    RemoteSubmitter submitter = new RemoteSubmitter(home, stranger, tell);
    submitter.submit(home.resolve("ran"), 1, "true", tell);
    await().atMost(TestRun.PATIENCE).until(() -> attempts.get() >= 3);
    submitter.executor.detach();
    submitter.letGo();

    assertThat(state(home.resolve("remote/journal.jsonl")).lastAccepted()).isZero();
    assertThat(ran()).isEmpty();
    host.process().destroy();
    assertThat(host.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anInterchangeThatIsAbandoned_givesItsBlocksBackAndEnds() throws Exception {
    RemoteHost host = new RemoteHost(home, "executor.abandon-after=10s");
    RemoteSubmitter submitter = new RemoteSubmitter(home, host, tell);
    submitter.submit(home.resolve("ran"), 1, "sleep 100", tell);
    await().atMost(TestRun.PATIENCE).until(() -> ran().size() == 1);

    submitter.executor.detach();
    submitter.letGo();

    assertThat(host.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(host.output()).contains("over");
    RunState there = state(home.resolve("remote/journal.jsonl"));
    assertThat(there.end().orElseThrow().how()).isEqualTo(RunEnd.ABANDONED);
    assertThat(there.end().orElseThrow().reason())
        .isEqualTo(
            "nobody has asked for it for 10 s (executor.abandon-after); its blocks were given"
                + " back");
    assertThat(there.openBlocks()).isEmpty();
    assertThat(there.finished()).as("the task can be run again").isZero();
  }
}
