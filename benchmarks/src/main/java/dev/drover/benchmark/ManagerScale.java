package dev.drover.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.drover.interchange.Event;
import dev.drover.interchange.InterchangeAddress;
import dev.drover.interchange.InterchangeListener;
import dev.drover.interchange.InterchangeLoop;
import dev.drover.interchange.InterchangeSettings;
import dev.drover.interchange.Placement;
import dev.drover.interchange.Submission;
import dev.drover.interchange.TaskFiles;
import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.ManagerFacts;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One interchange with many managers over real, encrypted sockets: how fast tasks go through it,
 * and what the managers cost when nothing is to be done. The managers are {@link SimulatedManagers}
 * in another process.
 *
 * <pre>ManagerScale NAME MANAGERS SLOTS TASKS ROUNDS IDLE_SECONDS</pre>
 *
 * Brief rounds have an eighth of the tasks.
 */
public final class ManagerScale {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final InterchangeLoop interchange;
  private final AtomicLong left = new AtomicLong();
  private volatile CountDownLatch allEnded;
  private long nextId = 1;

  private final class Listener implements InterchangeListener {
    @Override
    public void finished(TaskReport report, Completion completion) {
      if (!report.outcome().ending().isSuccess()) {
        fail("task " + report.id() + ": " + report.outcome().message());
      }
      if (left.decrementAndGet() == 0) {
        allEnded.countDown();
      }
    }

    @Override
    public void attemptEnded(TaskReport report, double cost) {
      fail("an attempt was lost: " + report.outcome().message());
    }

    @Override
    public void managerJoined(ManagerFacts facts) {}

    @Override
    public void managerLeft(ManagerFacts facts, String reason, boolean orderly) {
      fail("manager " + facts.id() + " left: " + reason);
    }

    @Override
    public void connectionLost() {}

    @Override
    public void broke(String reason, Throwable cause) {
      fail(reason);
    }
  }

  private ManagerScale(String name, Path keys) throws Exception {
    this.name = name;
    CurveKeys.create(keys);
    InterchangeSettings settings =
        new InterchangeSettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Placement.SPREAD,
            failed -> 1,
            Optional.empty());
    InterchangeAddress address =
        new InterchangeAddress(
            List.of("127.0.0.1"), 0, 0, 54_000, 56_000, Optional.of(keys), 64 << 20);
    interchange = InterchangeLoop.start(settings, address, TaskFiles.NONE, new Listener());
  }

  public static void main(String[] arguments) throws Exception {
    int managers = Integer.parseInt(arguments[1]);
    int slots = Integer.parseInt(arguments[2]);
    int tasks = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    int idleSeconds = Integer.parseInt(arguments[5]);
    Path keys = Files.createTempDirectory("drover-keys-");
    ManagerScale scale = new ManagerScale(arguments[0], keys);
    long begin = System.nanoTime();
    Process simulated = startManagers(scale.interchange.port(), keys, managers, slots);
    try {
      BufferedReader said =
          new BufferedReader(
              new InputStreamReader(simulated.getInputStream(), StandardCharsets.UTF_8));
      if (!"joined".equals(said.readLine())) {
        throw new IllegalStateException("the simulated managers did not join");
      }
      Figures.print(scale.name + ".join-seconds", (System.nanoTime() - begin) / 1e9);
      scale.warmUp(tasks);
      scale.throughput("", tasks, rounds);
      scale.throughput(".brief", tasks / 8, 4 * rounds);
      scale.idle(idleSeconds);
    } finally {
      simulated.destroy();
      Runtime.getRuntime().halt(0); // managers that leave now are no failure
    }
  }

  private static Process startManagers(int port, Path keys, int managers, int slots)
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            SimulatedManagers.class.getName(),
            Integer.toString(port),
            keys.toString(),
            Integer.toString(managers),
            Integer.toString(slots))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void fail(String why) {
    System.err.println(why);
    Runtime.getRuntime().halt(1);
  }

  private void warmUp(int tasks) throws InterruptedException {
    long warmUntil = System.nanoTime() + 5_000_000_000L;
    do {
      round(tasks);
    } while (System.nanoTime() < warmUntil);
  }

  private void throughput(String kind, int tasks, int rounds) throws InterruptedException {
    double[] rates = new double[rounds];
    double[] cpuMicros = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long cpu = PROCESS.getProcessCpuTime();
      long begin = System.nanoTime();
      round(tasks);
      rates[i] = tasks / ((System.nanoTime() - begin) / 1e9);
      cpuMicros[i] = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / tasks;
    }
    Figures.print(name + kind + ".rate", Figures.median(rates));
    Figures.print(name + kind + ".cpu-micros-per-task", Figures.median(cpuMicros));
  }

  private void round(int tasks) throws InterruptedException {
    TaskSpec spec =
        TaskSpec.of(new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.PROCESS));
    TaskBatch batch = new TaskBatch(spec, TaskOptions.DEFAULT, 0, tasks, report -> {});
    left.set(tasks);
    allEnded = new CountDownLatch(1);
    interchange.post(new Event.Submitted(List.of(new Submission(nextId, batch))));
    nextId += tasks;
    if (!allEnded.await(120, TimeUnit.SECONDS)) {
      fail(left.get() + " tasks never ended");
    }
  }

  /** CPU time of this whole process while only heartbeats go both ways, as a share of one core. */
  private void idle(int seconds) throws InterruptedException {
    System.gc();
    Thread.sleep(2_000);
    long cpu = PROCESS.getProcessCpuTime();
    long begin = System.nanoTime();
    Thread.sleep(1000L * seconds);
    double share = (double) (PROCESS.getProcessCpuTime() - cpu) / (System.nanoTime() - begin);
    Figures.print(name + ".idle-core-percent", 100 * share);
  }
}
