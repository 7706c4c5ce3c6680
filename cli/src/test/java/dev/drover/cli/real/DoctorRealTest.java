package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.headnode.SshServer;
import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code drover doctor} on a real Slurm that is behind a real OpenSSH and its jump host. */
class DoctorRealTest extends RealTest {
  private static SlurmCluster slurm;
  private static SshServer head;
  private static SshServer jump;

  @BeforeAll
  static void start() {
    slurm = SlurmCluster.shared();
    head = SshServer.start();
    jump = SshServer.start("--option", "PermitOpen 127.0.0.1:" + head.port());
  }

  @AfterAll
  static void stop() {
    for (SshServer server : new SshServer[] {jump, head}) {
      if (server != null) {
        Processes.assertNoneLeft(server.directory().resolve("home"));
        server.close();
      }
    }
  }

  /** One key for both servers, and one file of their host keys, as a user has them. */
  @BeforeEach
  void site() throws IOException {
    drover.fromOneJar();
    Files.copy(jump.directory().resolve("authorized_keys"), home.resolve("keys"));
    Files.write(
        head.directory().resolve("authorized_keys"), Files.readAllLines(home.resolve("keys")));
    drover.write("known", known(jump), known(head));
    drover.write(
        "there.properties",
        "site.name = there",
        "provider.type = slurm",
        "provider.queue = debug",
        "provider.walltime = 1h",
        "provider.poll-period = 1s",
        "headnode.url = ssh://root@127.0.0.1:" + head.port(),
        "headnode.jump = ssh://root@127.0.0.1:" + jump.port(),
        "headnode.identity-file = " + jump.directory().resolve("id"),
        "headnode.known-hosts = " + home.resolve("known"),
        "headnode.init = export SLURM_CONF=" + slurm.configuration());
  }

  private static String known(SshServer server) throws IOException {
    return Files.readString(server.knownHosts()).strip();
  }

  private Drover.Running start(String... more) {
    List<String> words = new ArrayList<>(List.of("doctor", "--site", "./there.properties"));
    words.addAll(List.of(more));
    return drover.start(words.toArray(String[]::new));
  }

  private Drover.Ended doctor(String... more) {
    return start(more).end();
  }

  private static Path runsThere() {
    return head.directory().resolve("home/root/drover-runs");
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void aSoundPath_isOkToTheNodeItself_andNothingStays() throws Exception {
    String out = doctor("--block").exits(0).out();

    assertThat(out.lines().map(line -> line.substring(0, 20).strip()))
        .containsExactly(
            "ok    site",
            "ok    reach",
            "ok    ssh",
            "ok    host key",
            "ok    login",
            "ok    reach",
            "ok    ssh",
            "ok    host key",
            "ok    login",
            "ok    shell",
            "ok    clock",
            "ok    one machine",
            "ok    scheduler",
            "ok    java",
            "ok    runs",
            "ok    cache",
            "ok    block",
            "ok    node address",
            "ok    node clock",
            "ok    node");
    assertThat(out)
        .contains("ssh-ed25519 key SHA256:", "SSH-2.0-OpenSSH_", "through root@127.0.0.1:")
        .contains("by the key " + jump.directory().resolve("id"))
        .contains("as the site says; sbatch squeue scancel")
        .containsPattern("b-0001 \\(job \\d+\\) ran a task on node\\d")
        .containsPattern("reaches the interchange at [0-9.]+, which is \\w+ of 127.0.0.1")
        .containsPattern("node\\d: \\d+ cpus, [0-9.]+ GiB, 0 accelerators, Java \\d+");
    assertThat(isEmpty(home.resolve("drover-runs"))).isTrue();
    assertThat(isEmpty(runsThere())).isTrue();
  }

  @Test
  void aStepOfTheWayThatFails_isNamedWithItsMend_andWhatNeedsItIsNotTried() throws Exception {
    drover.write("none", known(jump));
    doctor("--set", "headnode.known-hosts=" + home.resolve("none"))
        .exits(3)
        .prints(
            "FAIL  host key       the host key of root@127.0.0.1:" + head.port() + " is not known",
            "offered: ssh-ed25519 key SHA256:",
            "fix: ask its administrators",
            "--    login          not tried: needs the step above",
            "--    java           not tried: the head node is not reached");

    String other = known(jump).replaceFirst(".* ssh-ed25519", "ssh-ed25519");
    drover.write("changed", known(jump), "[127.0.0.1]:" + head.port() + " " + other);
    doctor("--set", "headnode.known-hosts=" + home.resolve("changed"))
        .exits(3)
        .prints(
            "FAIL  host key       THE HOST KEY OF root@127.0.0.1:" + head.port() + " HAS CHANGED",
            "fix: ask its administrators; only if");

    doctor("--set", "headnode.identity-file=" + head.directory().resolve("id"))
        .exits(3)
        .prints(
            "ok    host key",
            "FAIL  login          root@127.0.0.1:" + jump.port() + " refused the login",
            "--    reach          not tried: root@127.0.0.1:" + head.port() + " is behind that");

    doctor("--set", "headnode.init=echo hello; exit 3")
        .exits(3)
        .prints("FAIL  shell          the login shell on", "printed: hello", "needs the shell");
  }

  @Test
  void whatIsMissingThere_isToldAllTogether_alsoAsJson() throws Exception {
    String out =
        doctor(
                "--json",
                "--block",
                "--set",
                "provider.type=lsf",
                "--set",
                "executor.java=/nowhere/java",
                "--set",
                "headnode.runs=/proc/runs",
                "--set",
                "site.required=provider.account")
            .exits(3)
            .out();

    JsonNode steps = new ObjectMapper().readTree(out).path("steps");
    List<String> told = new ArrayList<>();
    steps.forEach(
        step -> {
          if (!step.path("standing").asText().equals("ok")) {
            told.add(
                step.path("step").asText()
                    + " "
                    + step.path("standing").asText()
                    + ": "
                    + step.path("found").asText().lines().findFirst().orElse(""));
          }
        });
    assertThat(told)
        .containsExactly(
            "site failed: --set: provider.account: required here: set it, e.g. --set provider.account=..., for always in ~/.config/drover/there.properties",
            "scheduler failed: bsub, bjobs, bkill: command not found on 127.0.0.1",
            "java failed: /nowhere/java on 127.0.0.1: not there, or not of version 17 or newer",
            "runs failed: mkdir: cannot create directory '/proc/runs': No such file or directory",
            "block not-tried: not tried: a step above failed");
    steps.forEach(
        step ->
            assertThat(step.has("fix")).isEqualTo(step.path("standing").asText().equals("failed")));

    doctor("--set", "provider.queue=debugg")
        .exits(3)
        .prints("FAIL  scheduler", "'debugg' is no queue of Slurm", "did you mean 'debug'?");
  }

  @Test
  void ctrlC_whileTheBlockWaits_givesItBack() {
    String held =
        slurm.slurm(
            "sbatch",
            "--parsable",
            "--partition=debug",
            "--nodes=4",
            "--exclusive",
            "--output=/dev/null",
            "--wrap=sleep 900");
    try {
      await()
          .atMost(Drover.PATIENCE)
          .until(() -> slurm.slurm("squeue", "-h", "-t", "R", "-o", "%i").equals(held));
      Drover.Running interrupted = start("--block");
      interrupted.awaitErr(" is queued");
      interrupted.signal("INT");
      interrupted
          .end()
          .exits(130)
          .prints("--    block          not tried: interrupted; the block is given back");
      assertThat(slurm.slurm("squeue", "-h", "-t", "R,PD", "-o", "%i")).isEqualTo(held);
    } finally {
      slurm.slurm("scancel", held);
      // Other tests of this cluster look whether there is any job.
      await()
          .atMost(Drover.PATIENCE)
          .until(() -> slurm.slurm("squeue", "-h", "-o", "%i").lines().noneMatch(held::equals));
    }
  }
}
