package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.task.Ending;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where functions run and where their classes come from, in settings of their own. */
@Timeout(120)
class FunctionPlacesTest {
  @TempDir Path home;

  @Test
  void aFullHeap_failsTheTaskAsOutOfMemory_andTheNextOneRuns() throws Exception {
    try (TestRun run = TestRun.start(home, "worker.java-options=-Xmx64m")) {
      TaskFailedException failure =
          failure(run.executor.submit(() -> new byte[200 << 20].length));

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
      assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
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

  /** The submitting side reads the jar through a link that it alone could follow at first. */
  @Test
  void aJarThatTheNodeDoesNotSee_isSentToItByItsHash() throws Exception {
    Path hidden = Files.createDirectory(home.resolve("hidden"));
    Path jar =
        TestJars.compile(
            hidden,
            "user.jar",
            "user.Doubling",
            """
            package user;
            public class Doubling implements dev.drover.task.RemoteCall<String> {
              private final long salt = %dL;
              public String call(long index) {
                return salt + " from " + Doubling.class.getProtectionDomain().getCodeSource().getLocation();
              }
            }
            """
                .formatted(System.nanoTime()));
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {jar.toUri().toURL()}, Thread.currentThread().getContextClassLoader())) {
      ExecutorBuilder builder = TestRun.builder().classLoader(loader);
      // Of the wrong content where the node looks: it must not be used.
      builder.set(
          "provider.worker-init",
          "[ ! -e %s/stale ] || true".formatted(hidden));
      try (TestRun run = TestRun.start(home, builder)) {
        @SuppressWarnings("unchecked")
        RemoteCall<String> function =
            (RemoteCall<String>)
                loader.loadClass("user.Doubling").getConstructor().newInstance();
        String where = get(run.executor.call(function));
        assertThat(where).contains(jar.toString());
      }
    }
  }
}
