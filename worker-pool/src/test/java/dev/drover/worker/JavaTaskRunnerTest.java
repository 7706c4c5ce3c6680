package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.Ending;
import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.task.TaskOutcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaTaskRunnerTest {
  private static final CountDownLatch LEFT = new CountDownLatch(1);

  @TempDir Path temp;
  private final ClassLoader loader = JavaTaskRunnerTest.class.getClassLoader();
  private Properties before;
  private JavaTaskRunner runner;

  @BeforeEach
  void makeRunner() {
    before = System.getProperties();
    runner = JavaTaskRunner.inWorkerJvm(Tasks.PLACE, 100_000);
  }

  @AfterEach
  void giveBackProperties() {
    System.setProperties(before);
  }

  private TaskOutcome run(RemoteCall<?> function) {
    return runner.run(Tasks.of(7, function), loader);
  }

  private Object resultOf(TaskOutcome outcome) throws Exception {
    return new PayloadReader(loader).read(outcome.result());
  }

  @Test
  void aFunction_isCalledWithItsIndex_andItsResultTravels() throws Exception {
    int captured = 35;
    TaskOutcome outcome = run(index -> captured + index);
    assertThat(outcome.ending()).isEqualTo(Ending.SUCCEEDED);
    assertThat(resultOf(outcome)).isEqualTo(42L);
    assertThat(outcome.worker()).isEqualTo(1);
    assertThat(outcome.endedMicros()).isGreaterThanOrEqualTo(outcome.startedMicros());
    assertThat(outcome.cpuMicros()).isGreaterThanOrEqualTo(0);
  }

  @Test
  void aFunctionThatReturnsNull_hasTheEmptyResult() {
    assertThat(run(index -> null).result()).isSameAs(Payload.EMPTY);
  }

  @Test
  void primitiveArraysClassesEnumsAndProxies_travel() throws Exception {
    assertThat(resultOf(run(i -> new Object[] {int.class, new int[][] {{3}}, Thread.State.NEW})))
        .isEqualTo(new Object[] {int.class, new int[][] {{3}}, Thread.State.NEW});
    Runnable proxy = (Runnable) resultOf(run(i -> proxyOf()));
    assertThat(Proxy.isProxyClass(proxy.getClass())).isTrue();
  }

  private static Object proxyOf() {
    return Proxy.newProxyInstance(
        JavaTaskRunnerTest.class.getClassLoader(),
        new Class<?>[] {Runnable.class},
        (java.lang.reflect.InvocationHandler & Serializable) (p, m, a) -> null);
  }

  @Test
  void aThrownException_isTheResult_andItsTraceTheTail() throws Exception {
    TaskOutcome outcome =
        run(
            i -> {
              throw new IllegalStateException("no", new RuntimeException("because"));
            });
    assertThat(outcome.ending()).isEqualTo(Ending.THREW);
    assertThat(outcome.message()).isEqualTo("java.lang.IllegalStateException: no");
    assertThat(outcome.tail()).contains("Caused by: java.lang.RuntimeException: because");
    assertThat(resultOf(outcome)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anExceptionThatCannotBeSerialized_hasAStandIn() throws Exception {
    TaskOutcome outcome =
        run(
            i -> {
              throw new Holding();
            });
    RemoteThrowable standIn = (RemoteThrowable) resultOf(outcome);
    assertThat(standIn.className()).isEqualTo(Holding.class.getName());
    assertThat(standIn).hasMessage("holding").hasCauseInstanceOf(RemoteThrowable.class);
    assertThat(standIn.getCause()).hasToString("java.io.IOException: inner");
    assertThat(standIn.stackTraceText()).contains("Holding: holding", "Caused by");
  }

  @Test
  void aStackOverflow_isThrown_withACutTail() {
    TaskOutcome outcome = run(i -> deeper(0));
    assertThat(outcome.ending()).isEqualTo(Ending.THREW);
    assertThat(outcome.message()).isEqualTo("java.lang.StackOverflowError");
    assertThat(outcome.tail().length()).isLessThan(ThrowableText.TAIL_CHARS + 200);
    assertThat(outcome.tail()).contains("lines left out");
  }

  private static int deeper(int n) {
    return deeper(n + 1) + 1;
  }

  @Test
  void anOutOfMemoryError_evenAsACause_isOutOfMemory() {
    TaskOutcome outcome =
        run(
            i -> {
              throw new RuntimeException(new OutOfMemoryError("Java heap space"));
            });
    assertThat(outcome.ending()).isEqualTo(Ending.OUT_OF_MEMORY);
    assertThat(outcome.message()).contains("Java heap space", "fix:");
  }

  @Test
  void aResultThatIsNotSerializable_isToldWithItsFieldPath() {
    TaskOutcome outcome = run(i -> Map.of("a", new ArrayList<>(List.of(new Holder()))));
    assertThat(outcome.ending()).isEqualTo(Ending.THREW);
    assertThat(outcome.message())
        .contains("java.lang.Object is not Serializable", "result[a][0].lock", "fix:");
  }

  @Test
  void aResultBeyondTheLimit_isTold() {
    TaskOutcome outcome = run(i -> new byte[200_000]);
    assertThat(outcome.ending()).isEqualTo(Ending.THREW);
    assertThat(outcome.message()).contains("more than 100000 bytes", "fix:");
  }

  @Test
  void aMissingClass_isNamed_withTheJarsSearched() throws Exception {
    Path full =
        Jars.compile(
            temp,
            "full.jar",
            List.of(),
            "user.Helper",
            "package user; public class Helper { public static int f() { return 1; } }",
            "user.Maker",
            "package user; public class Maker { public static dev.drover.task.RemoteCall<Integer>"
                + " make() { return i -> Helper.f(); } }");
    Path other =
        Jars.compile(temp, "other.jar", List.of(), "user.Other", "package user; class Other {}");
    Payload function = madeBy(new UserClassLoader(List.of(full)), "user.Maker");

    UserClassLoader lacking = new UserClassLoader(List.of(other));
    TaskOutcome outcome = runner.run(Tasks.of(1, function), lacking);
    assertThat(outcome.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(outcome.message())
        .contains("missing:  user.Maker", other.toString(), "fix:", "class path");
    assertThat(runner.run(Tasks.of(2, function), new UserClassLoader(List.of(full))).ending())
        .isEqualTo(Ending.SUCCEEDED);
  }

  private static Payload madeBy(ClassLoader loader, String maker) throws Exception {
    return Tasks.payload((RemoteCall<?>) loader.loadClass(maker).getMethod("make").invoke(null));
  }

  @Test
  void aPayloadThatIsGarbage_isNotStarted() {
    TaskOutcome outcome = runner.run(Tasks.of(1, Payload.of(new byte[] {1, 2, 3, 4, 5})), loader);
    assertThat(outcome.ending()).isEqualTo(Ending.NOT_STARTED);
    assertThat(outcome.message()).contains("could not be read");
  }

  @Test
  void theNextTask_findsTheThreadAndTheJvmAsTheFirstDid() {
    String name = Thread.currentThread().getName();
    PrintStream out = System.out;
    run(
        i -> {
          Thread.currentThread().setName("mine");
          Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
          Thread.currentThread().setContextClassLoader(null);
          Thread.currentThread().interrupt();
          System.setProperty("user.dir", "/nowhere");
          System.setProperty("mine", "1");
          System.getProperties().keySet().remove("java.home");
          System.setOut(new PrintStream(new ByteArrayOutputStream()));
          return null;
        });
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(Thread.currentThread().getName()).isEqualTo(name);
    assertThat(Thread.currentThread().getPriority()).isEqualTo(Thread.NORM_PRIORITY);
    assertThat(System.getProperty("mine")).isNull();
    assertThat(System.getProperty("user.dir")).isEqualTo(before.getProperty("user.dir"));
    assertThat(System.getProperty("java.home")).isEqualTo(before.getProperty("java.home"));
    assertThat(System.out).isSameAs(out);
  }

  @Test
  void systemPropertiesReplacedAsAWhole_comeBack() {
    Properties tracked = System.getProperties();
    run(
        i -> {
          System.setProperties(new Properties());
          return null;
        });
    assertThat(System.getProperties()).isSameAs(tracked);
    assertThat(System.getProperty("java.home")).isNotNull();
  }

  @Test
  void aTaskThatOnlyReadsProperties_leavesThemUntouched() {
    TrackedProperties properties = (TrackedProperties) System.getProperties();
    properties.restore();
    run(i -> System.getProperty("java.home") + Integer.getInteger("none", 3));
    assertThat(properties.isTouched()).isFalse();
  }

  @Test
  void aThreadLeftBehind_isToldOfOnce() {
    LeftThreads left = new LeftThreads();
    run(
        i -> {
          new Thread(JavaTaskRunnerTest::awaitEnd, "left-over").start();
          return null;
        });
    assertThat(left.report(Tasks.of(1, i -> null).id()))
        .extracting(Thread::getName)
        .contains("left-over");
    assertThat(left.report(Tasks.of(2, i -> null).id())).isEmpty();
    LEFT.countDown();
  }

  private static void awaitEnd() {
    try {
      LEFT.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTaskKnowsItsContext_andNoOtherThreadDoes() throws Exception {
    Object seen =
        resultOf(
            run(
                i ->
                    TaskContext.current().id()
                        + " "
                        + TaskContext.current().index()
                        + " "
                        + TaskContext.current().workerRank()
                        + "/"
                        + TaskContext.current().workerCount()
                        + TaskContext.current().poolId()
                        + TaskContext.current().blockId()
                        + TaskContext.current().host()));
    assertThat(seen).isEqualTo("7 7 1/2pool-ab-0001node7");
    assertThatThrownBy(TaskContext::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFunctionWithStateOfItsOwn_startsFreshEachTime() throws Exception {
    int[] count = {0};
    Payload function = Tasks.payload(i -> ++count[0]);
    for (int task = 1; task <= 4; task++) {
      assertThat(resultOf(runner.run(Tasks.of(task, function), loader))).isEqualTo(1);
    }
  }

  @Test
  void onlyProvenStatelessFunctions_areUsedAgain() throws Exception {
    FunctionReader reader = new FunctionReader(loader);
    String text = "a";
    int[] array = {1};
    Payload plain = Tasks.payload(i -> text + i);
    Payload stateful = Tasks.payload(i -> array[0]++);
    reader.read(plain);
    reader.read(stateful);
    assertThat(reader.read(plain)).isSameAs(reader.read(plain));
    assertThat(reader.read(stateful)).isNotSameAs(reader.read(stateful));
  }

  @Test
  void statelessness_isProvenForPlainCaptures_andForNothingElse() {
    int number = 3;
    Object any = new ArrayList<>();
    RemoteCall<Integer> inner = i -> number;
    RemoteCall<?> nested = i -> inner.call(i);
    RemoteCall<?> holding = i -> any;
    RemoteCall<?> named = new Named();
    assertThat(Statelessness.isProvenFor((RemoteCall<?>) i -> null)).isTrue();
    assertThat(Statelessness.isProvenFor(nested)).isTrue();
    assertThat(Statelessness.isProvenFor(holding)).isFalse();
    assertThat(Statelessness.isProvenFor(named)).isFalse();
  }

  static final class Named implements RemoteCall<Object> {
    private static final long serialVersionUID = 1;

    @Override
    public Object call(long index) {
      return null;
    }
  }

  static final class Holder implements Serializable {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial")
    private final Object lock = new Object();
  }

  static final class Holding extends Exception {
    private static final long serialVersionUID = 1;

    private final Thread held = Thread.currentThread();

    Holding() {
      super("holding", new java.io.IOException("inner"));
    }

    Thread held() {
      return held;
    }
  }
}
