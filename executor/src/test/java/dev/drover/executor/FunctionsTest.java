package dev.drover.executor;

import static dev.drover.executor.TestRun.failure;
import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.classpath.FunctionNotSerializableException;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.worker.TaskContext;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Java functions in real worker JVMs of a real manager. */
@Timeout(300)
class FunctionsTest {
  @TempDir static Path home;
  private static TestRun run;
  private static HighThroughputExecutor executor;

  @BeforeAll
  static void start() throws IOException {
    run = TestRun.start(home);
    executor = run.executor;
  }

  @AfterAll
  static void end() {
    run.close();
  }

  @Test
  void aFunctionReturnsItsValue_andNull_andUsesWhatItCaptured() throws Exception {
    List<String> captured = List.of("a", "b");
    assertThat(get(executor.submit(() -> 6 * 7))).isEqualTo(42);
    assertThat(get(executor.submit(() -> (Object) null))).isNull();
    assertThat(get(executor.submit(() -> String.join("+", captured)))).isEqualTo("a+b");
    assertThat(get(executor.submit(() -> ProcessHandle.current().pid())))
        .isNotEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void anExceptionComesBackWithItsCauseAndItsRemoteStackTrace() throws Exception {
    TaskFailedException failure =
        failure(
            executor.submit(
                () -> {
                  throw new IllegalStateException("no such basis", new IOException("disk"));
                }));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.THREW);
    assertThat(failure)
        .hasMessageContaining("no such basis")
        .hasMessageContaining("FunctionsTest")
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("disk");
    assertThat(failure.report().host()).isNotEmpty();
  }

  /** Reads as itself in the worker, and not in the JVM that submitted it. */
  private record Unreadable(long writtenBy) implements java.io.Serializable {
    private Object readResolve() {
      throw new AssertionError("not here");
    }
  }

  @Test
  void aValueWhoseReadingThrowsAnError_failsItsFuture() throws Exception {
    assertThat(failure(executor.submit(() -> new Unreadable(ProcessHandle.current().pid()))))
        .hasRootCauseInstanceOf(AssertionError.class)
        .hasRootCauseMessage("not here");
  }

  @Test
  void executeTakesALambda() {
    Path made = home.resolve("made");
    String name = made.toString();
    executor.execute(() -> new java.io.File(name).mkdir());
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(made));
  }

  @Test
  void callbacksThatBlock_holdUpNobody_howeverManyThereAre() throws Exception {
    CountDownLatch blocked = new CountDownLatch(8);
    CountDownLatch go = new CountDownLatch(1);
    Gate allListen = Gate.in(home);
    try {
      for (int i = 0; i < 8; i++) {
        executor
            .submit(
                () -> { // a future that is done already would run its callback on this thread
                  allListen.pass();
                  return 1;
                })
            .thenAccept(
                value -> {
                  blocked.countDown();
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
      }
      allListen.open();
      assertThat(blocked.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(get(executor.submit(() -> 2))).isEqualTo(2);
    } finally {
      go.countDown();
    }
  }

  @Test
  void anArrayOfTenThousandRunsEachIndexOnce() throws Exception {
    AtomicLong sum = new AtomicLong();
    CountDownLatch left = new CountDownLatch(10_000);

    executor.callArray(
        index -> index * 2,
        5,
        10_000,
        report -> {
          sum.addAndGet((Long) executor.value(report));
          left.countDown();
        });

    assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
    assertThat(sum).hasValue(2L * (5 + 10_004) * 10_000 / 2);
  }

  @Test
  void invokeAllWaitsForAll_andInvokeAnyGivesTheFirstThatSucceeds() throws Exception {
    List<Callable<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int value = i;
      calls.add((SerializableCallable<Integer>) () -> value);
    }
    int sum = 0;
    for (Future<Integer> future : executor.invokeAll(calls)) {
      assertThat(future).isDone();
      sum += future.get();
    }
    assertThat(sum).isEqualTo(190);

    SerializableCallable<String> fails =
        () -> {
          throw new IOException("not here");
        };
    SerializableCallable<String> sleeps =
        () -> {
          Thread.sleep(60_000);
          return "late";
        };
    SerializableCallable<String> succeeds = () -> "first";
    assertThat(executor.invokeAny(List.of(fails, sleeps, succeeds))).isEqualTo("first");
    assertThatThrownBy(() -> executor.invokeAny(List.of(fails, fails)))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("not here");
  }

  @Test
  void fiveMegabytesTravelBothWays() throws Exception {
    byte[] sent = new byte[5 << 20];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }

    byte[] back =
        get(
            executor.submit(
                () -> {
                  byte[] turned = sent.clone();
                  for (int i = 0; i < turned.length; i++) {
                    turned[i] = (byte) ~turned[i];
                  }
                  return turned;
                }));

    for (int i = 0; i < back.length; i++) {
      back[i] = (byte) ~back[i];
    }
    assertThat(Arrays.equals(back, sent)).isTrue();
  }

  @Test
  void aResultThatCannotBeSerialized_failsAndNamesTheClassAndTheMend() throws Exception {
    TaskFailedException failure = failure(executor.submit(() -> new Thread("unsent")));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.THREW);
    assertThat(failure).hasMessageContaining("java.lang.Thread").hasMessageContaining("fix:");
  }

  @Test
  void aFunctionThatCannotBeSerialized_isRefusedAtOnce_namingWhatAndTheMend() {
    Object unserializable = new Object();

    assertThatThrownBy(() -> executor.submit(() -> unserializable.hashCode()))
        .isInstanceOf(FunctionNotSerializableException.class)
        .hasMessageContaining("java.lang.Object is not Serializable")
        .hasMessageContaining("fix:");
  }

  @Test
  void aClassThatTheWorkerLacks_failsTheTaskNamingIt() throws Exception {
    Path jar =
        TestJars.compile(
            home,
            "elsewhere.jar",
            "elsewhere.Value",
            "package elsewhere; public class Value implements java.io.Serializable {}");
    Object value;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      value = loader.loadClass("elsewhere.Value").getConstructor().newInstance();
    }

    TaskFailedException failure = failure(executor.submit(() -> value.toString()));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(failure).hasMessageContaining("elsewhere.Value").hasMessageContaining("fix:");
  }

  @Test
  void systemExit_failsOnlyTheTasksThatCalledIt() throws Exception {
    List<TaskReport> failed = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch left = new CountDownLatch(20_000);

    executor.callArray(
        index -> {
          if (index % 4_000 == 777) {
            System.exit(3);
          }
          return index;
        },
        0,
        20_000,
        report -> {
          if (!report.outcome().ending().isSuccess()) {
            failed.add(report);
          }
          left.countDown();
        });

    assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
    long first = failed.stream().mapToLong(r -> r.id().value()).min().orElseThrow();
    assertThat(failed)
        .extracting(report -> report.id().value() - first)
        .containsExactlyInAnyOrder(0L, 4_000L, 8_000L, 12_000L, 16_000L);
    for (TaskReport exited : failed) {
      assertThat(exited.outcome().ending()).isEqualTo(Ending.THREW);
      assertThat(exited.outcome().exitCode()).isEqualTo(3);
      assertThat(exited.outcome().message()).contains("System.exit");
      assertThatThrownBy(() -> executor.value(exited)).hasMessageContaining("exit code 3");
    }
  }

  @Test
  void aStackOverflow_failsTheTask_andTheWorkerGoesOn() throws Exception {
    TaskFailedException failure = failure(executor.submit(() -> deeper(1)));

    assertThat(failure.report().outcome().ending()).isEqualTo(Ending.THREW);
    assertThat(failure).hasCauseInstanceOf(StackOverflowError.class);
    assertThat(get(executor.submit(() -> 1))).isEqualTo(1);
  }

  private static int deeper(int depth) {
    return 1 + deeper(depth + 1);
  }

  @Test
  void aFunctionMayAskWhereItRuns() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch left = new CountDownLatch(1);
    executor.callArray(
        index -> {
          TaskContext context = TaskContext.current();
          return List.of(
                  context.id().toString(),
                  "" + context.attempt(),
                  "" + context.index(),
                  context.blockId(),
                  context.poolId(),
                  context.host(),
                  "" + context.workerCount())
              .toString();
        },
        17,
        1,
        report -> {
          told.add((String) executor.value(report));
          told.add(
              List.of(
                      report.id().toString(),
                      "1",
                      "17",
                      report.block(),
                      report.manager(),
                      report.host(),
                      "" + executor.status().slots())
                  .toString());
          left.countDown();
        });

    assertThat(left.await(120, TimeUnit.SECONDS)).isTrue();
    assertThat(told.get(0)).isEqualTo(told.get(1));
  }
}
