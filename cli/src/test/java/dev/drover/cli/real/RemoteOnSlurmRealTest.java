package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.SshServer;
import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From a laptop through a jump host: the interchange is on the head node of a real Slurm, behind
 * real OpenSSH servers that die, change and refuse.
 */
class RemoteOnSlurmRealTest extends RealTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final String USER = "drvjump" + ProcessHandle.current().pid() % 100000;

  private static SlurmCluster slurm;
  private static HeadNodeBehindAGate servers;

  private Marks marks;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
    servers =
        HeadNodeBehindAGate.start(
            "--option", "Match User " + USER,
            "--option", "PasswordAuthentication yes",
            "--option", "Match all");
    servers.gate().user(USER, "/bin/sh", "open sesame");
  }

  @AfterAll
  static void stopTheServers() {
    if (servers != null) {
      servers.close();
    }
  }

  @BeforeEach
  void aLaptopThatMayLogIn() throws IOException {
    marks = new Marks(home.resolve("done"));
    drover.fromOneJar();
    servers.letIn(home, "127.0.0.1");
  }

  @AfterEach
  void neitherAJobNorAnInterchangeIsLeft() {
    try {
      assertThat(slurm.slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
      Processes.assertNoneLeft(servers.home());
    } finally {
      Processes.killAll(servers.home());
    }
  }

  private void site(String... lines) {
    String[] base =
        SiteLines.ofSlurm(
            "provider.cores-per-node = 4",
            "worker.working-dir = " + home,
            "headnode.jump = gate",
            "headnode.keep-alive = 1s",
            "headnode.init = export SLURM_CONF=" + slurm.configuration(),
            // Of this test alone: the home directory there is shared.
            "headnode.runs = " + servers.home().resolve(home.getFileName()));
    drover.write("slurm.properties", SiteLines.over(List.of(base), lines));
  }

  private void twoNodes() {
    site(
        "launcher.type = srun",
        "provider.nodes-per-block = 2",
        "worker.max-per-node = 4",
        "worker.cores-per-worker = 0.25");
  }

  private Drover.Running start(String... words) {
    List<String> all =
        new ArrayList<>(
            List.of("run", "--site", "./slurm.properties", "--head-node", "ssh://cluster"));
    all.addAll(List.of("--run-dir", "r"));
    all.addAll(List.of(words));
    return drover.start(all.toArray(String[]::new));
  }

  /**
   * Four seconds of work for eight workers in each hundred tasks; each two hundred of them wait
   * until they may begin.
   */
  private Drover.Running startArray(int tasks) {
    mayBegin(0);
    String wait = "until [ -e go-$(((DROVER_TASK_INDEX - 1) / 200)) ]; do sleep 0.2; done; ";
    return start("--array", "1-" + tasks, "--", wait + marks.command() + "; sleep 0.3");
  }

  /** The first two hundred tasks of an array are number 0. */
  private void mayBegin(int part) {
    drover.write("go-" + part);
  }

  @Test
  void anMpiEnsemble_runsOnPairsOfNodes_andItsRanksKnowEachOther() throws Exception {
    AuroraShape.writePrograms(home);
    site(
        "executor.type = mpi",
        "mpi.launcher = srun",
        "launcher.type = simple",
        "provider.nodes-per-block = 4");
    String task =
        "{\"command\": \"$PARSL_MPI_PREFIX ./rank.sh > ranks-$DROVER_TASK_ID;"
            + " echo $DROVER_TASK_ID >> done\", \"resources\": {\"num_nodes\": 2, \"num_ranks\": 4}}";
    drover.write("tasks.jsonl", Collections.nCopies(6, task).toArray(String[]::new));

    start("tasks.jsonl").end(LONG).exits(0).says("all 6 tasks done");

    marks.assertEachOnce(6);
    for (int id = 1; id <= 6; id++) {
      assertThat(Files.readAllLines(home.resolve("ranks-" + id)))
          .hasSize(4)
          .allMatch(line -> line.matches("node[1-4] rank [0-3] of 4 .*"));
    }
  }

  @Test
  void bothServersAreKilledAndComeBack_andTheRunGoesOnMeanwhile() {
    twoNodes();
    Drover.Running run = startArray(600);
    marks.awaitMoreThan(20);

    int times = 0;
    for (SshServer server : List.of(servers.head(), servers.gate())) {
      int connected = timesConnectedAgain();
      server.ctl("stop");
      mayBegin(++times);
      marks.awaitMoreThan(marks.seen().size() + 100);
      server.ctl("start");
      await().atMost(Drover.PATIENCE).until(() -> timesConnectedAgain() > connected);
    }

    run.end(LONG).exits(0).says("all 600 tasks done");
    marks.assertEachOnce(600);
    assertOneBlock();
  }

  /** No job was submitted a second time. */
  private void assertOneBlock() {
    assertThat(servers.home().resolve(home.getFileName()).resolve("r/blocks"))
        .isDirectoryNotContaining(block -> !block.endsWith("b-0001"));
  }

  private int timesConnectedAgain() {
    return Drover.text(home.resolve("r/drover.log")).split("connected again to").length;
  }

  @Test
  void theLaptopIsKilled_andResumeCollectsWhatWentOn() {
    twoNodes();
    Drover.Running run = startArray(500);
    marks.awaitMoreThan(20);

    run.signal("KILL");
    run.end().exits(137);
    mayBegin(1);
    mayBegin(2);
    marks.awaitMoreThan(marks.seen().size() + 200);

    drover.start("resume", "r").end(LONG).exits(0).says("all 500 tasks done");
    marks.assertEachOnce(500);
    assertOneBlock();
  }

  /** The jobs and the interchange there are gone at once, which each test's end asserts. */
  @Test
  void theLaptopIsKilled_andCancelEndsWhatWentOn_keepingWhatWasDone() {
    twoNodes();
    Drover.Running run = startArray(500);
    marks.awaitMoreThan(20);

    run.signal("KILL");
    run.end().exits(137);
    mayBegin(1); // the last hundred may not
    marks.awaitMoreThan(marks.seen().size() + 20);
    int marked = marks.seen().size();

    Drover.Ended cancel = drover.start("cancel", "r", "--json").end(LONG);
    cancel.exits(0).says("no process drives", "drover: cancelled: ");
    Matcher open = Pattern.compile("\"asked\":(\\d+)").matcher(cancel.out());
    assertThat(open.find()).as(cancel.out()).isTrue();
    assertThat(Integer.parseInt(open.group(1))).isBetween(1, 500);
    assertThat(slurm.slurm("squeue", "-h", "-o", "%i %j %T")).isEmpty();
    drover.run("explain", "r").exits(0).prints(" succeeded", "drover resume");
    assertThat(marks.seen()).hasSizeGreaterThanOrEqualTo(marked).hasSizeLessThan(500);
  }

  @Test
  void aChangedHostKey_aStrangeKey_andWrongPasswords_endTheRunBeforeAnythingIsSubmitted()
      throws Exception {
    twoNodes();
    Path strange = home.resolve("strange");
    new ProcessBuilder("ssh-keygen", "-q", "-N", "", "-f", strange.toString()).start().waitFor();
    start("--set", "headnode.identity-file=" + strange, "--", "true")
        .end()
        .exits(3)
        .says("refused the login; it takes publickey", "tried:   " + strange, "fix:");

    drover.write("answers", "shut", "closed", "locked");
    String gate = USER + "@127.0.0.1:" + servers.gate().port();
    assertThat(atATerminal("answers", "--set", "headnode.jump=ssh://" + gate))
        .contains("Password for " + gate, "3 answers of yours", "type the password with care")
        .endsWith("exit 3");

    servers.gate().ctl("rekey");
    servers.gate().ctl("stop");
    servers.gate().ctl("start");
    start("--", "true").end().exits(3).says("HAS CHANGED", "Nothing was sent", "ssh-keygen -R");
    assertThat(servers.home().resolve(home.getFileName())).doesNotExist();
  }

  /** What a user sees who types these answers at a terminal; the exit code is the last word. */
  private String atATerminal(String answers, String... words) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("run", "--site", "./slurm.properties", "--head-node", "ssh://cluster"));
    all.addAll(List.of(words));
    all.addAll(List.of("--", "true"));
    Process script =
        new ProcessBuilder(
                "script",
                "-qc",
                drover.commandLine(all.toArray(String[]::new)) + "; echo exit $?",
                "/dev/null")
            .directory(home.toFile())
            .redirectInput(home.resolve(answers).toFile())
            .redirectErrorStream(true)
            .start();
    return new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
