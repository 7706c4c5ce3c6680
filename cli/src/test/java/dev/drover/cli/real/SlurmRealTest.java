package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command on a real Slurm of four nodes, and what Slurm and its admins do to a run. */
class SlurmRealTest extends RealTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
  }

  @AfterEach
  void noJobIsLeft() {
    assertThat(slurm.slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
  }

  /** The test site, with more lines. */
  private void site(String... lines) {
    drover.environment("SLURM_CONF", slurm.configuration().toString());
    drover.write(
        "slurm.properties",
        SiteLines.over(
            List.of(SiteLines.ofSlurm("launcher.type = srun", "worker.max-per-node = 2")), lines));
  }

  private Drover.Running start(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("run", "--site", "./slurm.properties", "--run-dir", "r"));
    all.addAll(List.of(arguments));
    return drover.start(all.toArray(String[]::new));
  }

  /** Tasks by the host that ran them, as the job log has it. */
  private Map<String, Long> hosts() throws IOException {
    List<String> lines = Files.readAllLines(home.resolve("jobs.log"));
    int column = List.of(lines.get(0).split("\t")).indexOf("Host");
    return lines.stream()
        .skip(1)
        .map(line -> line.split("\t", -1)[column])
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private List<String> jobs(String states) {
    return slurm.slurm("squeue", "-h", "-o", "%i", "--states=" + states).lines().toList();
  }

  private String awaitJob(String state) {
    return await()
        .atMost(Drover.PATIENCE)
        .until(() -> jobs(state), found -> !found.isEmpty())
        .get(0);
  }

  /** How many jobs the run ever submitted: one directory a block. */
  private int blocks() throws IOException {
    try (var blocks = Files.list(home.resolve("r/blocks"))) {
      return (int) blocks.count();
    }
  }

  /** A line for each task that has ended. */
  private long ended() {
    Path done = home.resolve("done");
    try (var lines = Files.lines(done)) {
      return lines.count();
    } catch (IOException notYet) {
      return 0;
    }
  }

  /** What a task does until so many nodes have begun one. */
  private String untilOnNodes(int count) throws IOException {
    Files.createDirectory(home.resolve("up"));
    return "touch up/$(hostname); until set -- up/*; [ $# -ge %d ]; do sleep 0.1; done"
        .formatted(count);
  }

  /** What a task of an array does first, if it is a later one: it waits until it is let go. */
  private static String holdAfter(int index) {
    return "until [ $DROVER_TASK_INDEX -le %d ] || [ -e go ]; do sleep 0.1; done; "
        .formatted(index);
  }

  private void letGo() {
    drover.write("go");
  }

  @Test
  void aBlockOfTwoNodes_runsAThousandTasksOnBoth() throws Exception {
    site("provider.nodes-per-block = 2");
    start("--jobs-log", "jobs.log", "--array", "1-1000", "--", untilOnNodes(2))
        .end(LONG)
        .exits(0)
        .says("all 1,000 tasks done");
    assertThat(hosts()).hasSize(2);
    assertThat(hosts().values()).allSatisfy(count -> assertThat(count).isGreaterThan(100));
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void blocksGrowWithTheLoad_andAreGivenBackWhileOneTaskStillRuns() throws Exception {
    site(
        "provider.max-blocks = 3",
        "provider.strategy = htex-auto-scale",
        "provider.max-idle-time = 2s",
        "executor.prefetch = 0");
    Drover.Running run =
        start(
            "--",
            "if [ {} = 1 ]; then f=go; else f=grown; fi; until [ -e $f ]; do sleep 0.1; done",
            ":::",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6");
    await().atMost(Drover.PATIENCE).until(() -> jobs("RUNNING").size() == 3);
    drover.write("grown");
    await().atMost(Drover.PATIENCE).until(() -> jobs("RUNNING,COMPLETING").size() == 1);
    assertThat(run.process().isAlive()).isTrue();
    letGo();
    run.end(LONG).exits(0).says("all 6 tasks done");
    assertThat(blocks()).isEqualTo(3);
  }

  @Test
  void walltimeInMidRun_endsInTheNextBlock_andCostsNoRetry() throws Exception {
    site("provider.walltime = 1m", "provider.queue = short");
    start("--retries", "0", "--array", "1-18", "--", "sleep 8; echo $DROVER_TASK_INDEX >> done")
        .end(LONG)
        .exits(0)
        .says("all 18 tasks done");
    assertThat(ended()).isEqualTo(18);
    assertThat(blocks()).isBetween(2, 3);
  }

  @Test
  void jobCancelledBySomebodyElse_isReplaced_andItsTasksRunAgain() throws Exception {
    site();
    Drover.Running run =
        start("--array", "1-8", "--", holdAfter(4) + "sleep 3; echo $DROVER_TASK_INDEX >> done");
    await().atMost(Drover.PATIENCE).until(() -> ended() >= 2);
    slurm.slurm("scancel", awaitJob("RUNNING"));
    letGo();
    run.end(LONG).exits(0).says("all 8 tasks done");
    assertThat(blocks()).isEqualTo(2);
  }

  @Test
  void controllerDownForAMinute_losesNothing_andSubmitsNothingTwice() throws Exception {
    site();
    Drover.Running run =
        start("--array", "1-40", "--", holdAfter(38) + "sleep 4; echo $DROVER_TASK_INDEX >> done");
    await().atMost(Drover.PATIENCE).until(() -> ended() >= 2);
    slurm.ctl("stop-ctld");
    try {
      Thread.sleep(60_000); // the outage itself
    } finally {
      slurm.ctl("start-ctld");
    }
    letGo();
    run.end(LONG).exits(0).says("all 40 tasks done", "what was known still holds");
    assertThat(ended()).isEqualTo(40);
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void crashedNode_losesOnlyItsOwnTasks_whichRunAgain() throws Exception {
    site(
        "provider.nodes-per-block = 2",
        "executor.heartbeat-period = 1s",
        "executor.heartbeat-threshold = 5s");
    Drover.Running run =
        start("--array", "1-24", "--", holdAfter(12) + "sleep 4; echo $DROVER_TASK_INDEX >> done");
    await().atMost(Drover.PATIENCE).until(() -> ended() >= 2);
    String nodes = slurm.slurm("squeue", "-h", "-o", "%N", "-j", awaitJob("RUNNING"));
    String last = slurm.slurm("scontrol", "show", "hostnames", nodes).lines().toList().get(1);
    slurm.ctl("crash-node", last);
    letGo();
    try {
      run.end(LONG).exits(0).says("all 24 tasks done");
    } finally {
      slurm.ctl("start-node", last);
    }
    assertThat(Files.readAllLines(home.resolve("done")).stream().distinct()).hasSize(24);
    await()
        .atMost(Drover.PATIENCE)
        .until(
            () -> slurm.slurm("sinfo", "-h", "-n", last, "-p", "debug", "-o", "%t").equals("idle"));
  }

  @Test
  void wrongPartition_isToldWithinSeconds_inSlurmsWords() {
    site("provider.queue = debugg");
    start("--", "true")
        .end()
        .exits(3)
        .says("invalid partition specified: debugg", "provider.queue", "block b-0001");
  }

  @Test
  void tooLongAWalltime_andTooManyNodes_areToldInSlurmsWords() {
    site("provider.walltime = 2h");
    start("--", "true").end().exits(3).says("time limit", "provider.walltime");
    site("provider.nodes-per-block = 5");
    drover
        .run("run", "--site", "./slurm.properties", "--run-dir", "r2", "--", "true")
        .exits(3)
        .says("provider.nodes-per-block");
  }

  @Test
  void workerInitThatEndsAtOnce_endsTheRun_withOneSubmission() throws Exception {
    site("provider.worker-init = echo out of licences >&2; exit 0");
    start("--", "true").end().exits(3).says("out of licences", "submit.sh", "worker-init");
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void javaThatIsNotThere_endsTheRun_withTheTailOfItsStandardError() throws Exception {
    site("executor.java = /nonexistent/bin/java");
    start("--", "true").end().exits(3).says("/nonexistent/bin/java", "b-0001");
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void resumedRun_takesOverTheBlockThatStillRuns() throws Exception {
    site("executor.heartbeat-period = 1s", "executor.heartbeat-threshold = 90s");
    Drover.Running run =
        start("--array", "1-12", "--", holdAfter(6) + "sleep 2; echo $DROVER_TASK_INDEX >> done");
    await().atMost(Drover.PATIENCE).until(() -> ended() >= 2);
    run.signal("KILL");
    assertThat(run.end().exit()).isEqualTo(137);
    letGo();
    drover.run("resume", "r").exits(0).says("all 12 tasks done");
    assertThat(Files.readAllLines(home.resolve("done")).stream().distinct()).hasSize(12);
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void resumedRun_takesOverTheBlockThatStillWaits_andExplainTellsWhyItWaits() throws Exception {
    site();
    slurm.slurm("scontrol", "update", "PartitionName=debug", "State=DOWN");
    try {
      Drover.Running run = start("--array", "1-4", "--", "true");
      awaitJob("PENDING");
      await()
          .atMost(Drover.PATIENCE)
          .until(() -> drover.run("explain", "r", "1").out().contains("PartitionDown"));
      run.signal("KILL");
      assertThat(run.end().exit()).isEqualTo(137);
      Drover.Running resumed = drover.start("resume", "r");
      resumed.awaitErr("queued");
      slurm.slurm("scontrol", "update", "PartitionName=debug", "State=UP");
      resumed.end(LONG).exits(0).says("all 4 tasks done");
    } finally {
      slurm.slurm("scontrol", "update", "PartitionName=debug", "State=UP");
    }
    assertThat(blocks()).isEqualTo(1);
  }

  @Test
  void insideAJob_theLocalProviderUsesAllItsNodes() throws Exception {
    drover.environment("SLURM_CONF", slurm.configuration().toString());
    String command =
        drover.commandLine(
            "run",
            "--set",
            "launcher.type=srun",
            "--set",
            "provider.nodes-per-block=0",
            "--set",
            "worker.max-per-node=2",
            "--jobs-log",
            "jobs.log",
            "--array",
            "1-40",
            "--",
            untilOnNodes(3) + "; sleep 0.3");
    slurm.slurm(
        "sbatch",
        "--nodes=3",
        "--chdir=" + home,
        "--output=" + home.resolve("job.out"),
        "--wrap=" + command);
    await() // and not sbatch --wait, which looks ever more seldom
        .atMost(Drover.PATIENCE)
        .until(() -> jobs("PENDING,RUNNING,COMPLETING").isEmpty());
    assertThat(home.resolve("job.out")).content().contains("all 40 tasks done");
    assertThat(hosts()).hasSize(3);
  }
}
