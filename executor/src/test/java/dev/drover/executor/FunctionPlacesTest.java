package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where functions run and where their classes come from, in settings of their own. */
@Timeout(300)
class FunctionPlacesTest {
  @TempDir Path home;

  @Test
  void aFullHeap_failsTheTaskAsOutOfMemory_andTheNextOneRuns() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.java-options=-Xmx64m")) {
      TaskFailedException failure = failure(run.executor.submit(() -> new byte[200 << 20].length));

      assertThat(failure.report().outcome().ending()).isEqualTo(Ending.OUT_OF_MEMORY);
      assertThat(failure).hasMessageContaining("MB at most").hasMessageContaining("fix:");
      assertThat(get(run.executor.submit(() -> 1))).isEqualTo(1);
    }
  }

  @Test
  void isolatedByThread_functionsRunInTheManager_endInTimeAndCanBeCancelled() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.isolation=thread")) {
      HighThroughputExecutor executor = run.executor;
      long manager = get(executor.submit(() -> ProcessHandle.current().pid()));
      assertThat(Processes.managers(home)).extracting(Processes.Seen::pid).contains(manager);
      assertThat(get(executor.submit(() -> ProcessHandle.current().pid()))).isEqualTo(manager);

      AtomicLong sum = new AtomicLong();
      CountDownLatch left = new CountDownLatch(2_000);
      executor.callArray(
          index -> index,
          0,
          2_000,
          report -> {
            sum.addAndGet((Long) executor.value(report));
            left.countDown();
          });
      assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(sum).hasValue(1999L * 2000 / 2);

      RemoteCall<Integer> sleeps =
          index -> {
            Thread.sleep(60_000);
            return 1;
          };
      TaskFailedException failure =
          failure(
              executor.call(
                  sleeps, ResourceRequest.ONE_SLOT, Duration.ofMillis(300), TaskOptions.DEFAULT));
      assertThat(failure.report().outcome().ending()).isEqualTo(Ending.TIMED_OUT);
      assertThat(failure).hasMessageContaining("300 ms");

      TaskFuture<Integer> cancelled = executor.call(sleeps);
      await().atMost(TestRun.PATIENCE).until(() -> executor.status().assigned() == 1);
      cancelled.cancel(true);
      await().atMost(TestRun.PATIENCE).until(() -> executor.status().outstanding() == 0);
      assertThat(get(executor.submit(() -> 2))).isEqualTo(2);
    }
  }

  /** Its path leads to the jar in the submitting process alone: an open file of that process. */
  @Test
  void aJarThatTheNodeDoesNotSee_isSentToItByItsHash() throws Exception {
    Path jar =
        TestJars.compile(
            home,
            "user.jar",
            "user.Told",
            """
            package user;
            public class Told implements dev.drover.task.RemoteCall<String> {
              private final long salt = %dL;
              public String call(long index) {
                return Told.class.getProtectionDomain().getCodeSource().getLocation().getPath();
              }
            }
            """
                .formatted(System.nanoTime()));
    try (FileInputStream open = new FileInputStream(jar.toFile())) {
      Path own = openFile(jar);
      try (URLClassLoader loader =
              new URLClassLoader(
                  new URL[] {own.toUri().toURL()}, Thread.currentThread().getContextClassLoader());
          TestRun run = TestRun.start(home, TestRun.builder().classLoader(loader))) {
        @SuppressWarnings("unchecked")
        RemoteCall<String> function =
            (RemoteCall<String>) loader.loadClass("user.Told").getConstructor().newInstance();

        Path there = Path.of(get(run.executor.call(function)));

        assertThat(open.available()).isPositive();
        assertThat(there.toString()).contains("drover-jars").endsWith(".jar");
        assertThat(Files.mismatch(there, jar)).isEqualTo(-1);
        Files.delete(there);
      }
    }
  }

  private static Path openFile(Path file) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> leadsTo(fd, file)).findAny().orElseThrow();
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file.toRealPath());
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
