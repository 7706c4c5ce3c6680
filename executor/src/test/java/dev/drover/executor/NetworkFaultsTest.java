package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.FreePorts;
import dev.drover.submit.TaskReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A manager behind a network that is cut, frozen and gone for a while. */
@Timeout(300)
class NetworkFaultsTest {
  private static final int PORTS = 10;

  private final int firstPort = FreePorts.first(PORTS);

  @TempDir Path home;
  private TestRun run;
  private Proxy proxy;
  private Process manager;

  @BeforeEach
  void start() throws Exception {
    run =
        TestRun.start(
            home,
            "executor.heartbeat-period=300ms",
            "executor.heartbeat-threshold=10s",
            "executor.port-range=%d-%d".formatted(firstPort, firstPort + PORTS - 1),
            "provider.worker-init=sleep 600", // no manager but those of the test
            "executor.start-timeout=10m");
    proxy = new Proxy(firstPort, firstPort + PORTS - 1);
    manager = ManagerByHand.start(run, "127.0.0.2");
  }

  @AfterEach
  void end() throws Exception {
    proxy.freeze(false);
    proxy.refuse(false);
    run.close();
    proxy.close();
    assertThat(manager.waitFor(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void cutConnectionsHeal_nothingIsLost_andNothingRunsTwice() throws Exception {
    int count = 15_000;
    String trace = Files.createFile(home.resolve("trace")).toString();
    Set<String> bad = ConcurrentHashMap.newKeySet();
    CountDownLatch left = new CountDownLatch(count);
    TaskFuture<TaskReport> command = run.line("echo > %s/began; sleep 1".formatted(home));
    run.executor.callArray(
        index -> {
          Files.writeString(Path.of(trace), index + "\n", StandardOpenOption.APPEND);
          return index;
        },
        0,
        count,
        report -> {
          if (!report.outcome().ending().isSuccess() || report.outcome().attempt() != 1) {
            bad.add(report.outcome().ending() + " at attempt " + report.outcome().attempt());
          }
          left.countDown();
        });
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("began")));
    proxy.cut();
    assertThat(get(command).outcome().attempt()).isEqualTo(1);
    for (int part = 1; part <= 3; part++) {
      int goal = count * part / 5;
      await().atMost(TestRun.PATIENCE).until(() -> count - left.getCount() >= goal);
      proxy.cut();
    }

    assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
    assertThat(bad).isEmpty();
    List<String> lines = Files.readAllLines(Path.of(trace));
    assertThat(Set.copyOf(lines)).hasSize(count);
    assertThat(lines).hasSize(count);
    assertThat(manager.isAlive()).isTrue();
  }

  @Test
  void aShortSilence_costsNothing() throws Exception {
    TaskFuture<TaskReport> command =
        run.line("echo > %s/began; sleep 2; echo done".formatted(home));
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("began")));

    proxy.freeze(true);
    await().pollDelay(Duration.ofMillis(1500)).until(() -> true); // the silence itself
    proxy.freeze(false);

    TaskReport report = get(command);
    assertThat(report.outcome().attempt()).isEqualTo(1);
    List<TaskFuture<TaskReport>> more =
        IntStream.range(0, 20).mapToObj(i -> run.line("true")).toList();
    for (TaskFuture<TaskReport> future : more) {
      assertThat(get(future).lostAttempts()).isZero();
    }
    assertThat(manager.isAlive()).isTrue();
  }

  @Test
  void aNetworkThatStaysAway_endsTheManagerAndItsTasksBeforeTheyRunElsewhere() throws Exception {
    String line =
        ("n=0; while [ $n -lt 1500 ]; do date +%%s%%N >> %s/stamps.$DROVER_TASK_ATTEMPT; sleep 0.02; "
                + "n=$((n+1)); if [ $DROVER_TASK_ATTEMPT -gt 1 ] && [ $n -gt 20 ]; then exit 0; fi; done; exit 9")
            .formatted(home);
    TaskFuture<TaskReport> future = run.line(line);
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("stamps.1")));

    proxy.freeze(true);
    proxy.refuse(true);
    Process near = ManagerByHand.start(run, "127.0.0.1");

    TaskReport report = get(future);
    assertThat(report.outcome().attempt()).isEqualTo(2);
    assertThat(report.lostAttempts()).isEqualTo(1);
    List<String> first = Files.readAllLines(home.resolve("stamps.1"));
    List<String> second = Files.readAllLines(home.resolve("stamps.2"));
    assertThat(Long.parseLong(first.get(first.size() - 1)))
        .isLessThan(Long.parseLong(second.get(0)));
    assertThat(manager.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(manager.exitValue()).isEqualTo(3);
    run.close();
    assertThat(near.waitFor(120, TimeUnit.SECONDS)).isTrue();
  }
}
