package dev.drover.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.cli.doctor.Step.Standing;
import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SkipAloud;
import dev.drover.site.Site;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The order and the words of the steps, with nothing to connect to. */
class DoctorStepsTest {
  private static final String GATE = "ada@gate:22";
  private static final String LOGIN = "ada@login1:22";

  private final List<String> told = new ArrayList<>();
  private final Checkup checkup = new Checkup(step -> told.add(step.text()));
  private final ConnectSteps way = new ConnectSteps(checkup);

  private static Site site(String... settings) {
    return new SiteReader(Map.of()).read("local", List.of(), List.of(settings));
  }

  private void passGate() {
    way.way(List.of(GATE, LOGIN));
    way.reached(GATE, Duration.ofMillis(12));
    way.hostKey(GATE, "SSH-2.0-OpenSSH_9.2", "ssh-ed25519 key SHA256:abc", true);
    way.loggedIn(
        GATE, "SSH-2.0-OpenSSH_9.2", List.of("the key /k", "a password"), Duration.ofMillis(80));
  }

  @Test
  void aWayThroughAJumpHost_isToldStepByStep_andOnlyOnce() {
    passGate();
    way.reached(LOGIN, Duration.ofMillis(30));
    way.loggedIn(LOGIN, "SSH-2.0-x", List.of(), Duration.ofMillis(40));
    passGate(); // made anew after a loss

    assertThat(told)
        .containsExactly(
            "ok    reach          ada@gate:22 in 12 ms",
            "ok    ssh            SSH-2.0-OpenSSH_9.2",
            "ok    host key       ssh-ed25519 key SHA256:abc, known",
            "ok    login          ada@gate:22 in 80 ms, by the key /k, a password",
            "ok    reach          ada@login1:22 in 30 ms, through ada@gate:22",
            "ok    ssh            SSH-2.0-x",
            "ok    host key       by a certificate of an authority that is known",
            "ok    login          ada@login1:22 in 40 ms, by a key of the agent's");
    assertThat(way.host()).isEqualTo("login1");
    assertThat(way.isDirect()).isFalse();
    assertThat(checkup.hasFailed()).isFalse();
  }

  @Test
  void whatFailed_isTheStepAfterTheLastThatWasHeardOf_andWhatNeedsItIsNotTried() {
    way.way(List.of(GATE, LOGIN));
    way.reached(GATE, Duration.ofMillis(12));
    way.hostKey(GATE, "SSH-2.0-OpenSSH_9.2", "ssh-ed25519 key SHA256:abc", false);
    way.failed(
        new IOException(
            "the key is not known\n  offered: SHA256:abc\n  fix:     ask\n     or: do"));

    assertThat(told)
        .containsExactly(
            "ok    reach          ada@gate:22 in 12 ms",
            "ok    ssh            SSH-2.0-OpenSSH_9.2",
            "FAIL  host key       the key is not known\n"
                + "      offered: SHA256:abc\n"
                + "      fix: ask\n"
                + "           or: do",
            "--    login          not tried: needs the step above",
            "--    reach          not tried: ada@login1:22 is behind that");
    assertThat(checkup.hasFailed()).isTrue();
  }

  @Test
  void aWayThatCannotBeFollowed_isTheConfigurationsFault() {
    way.failed(new IOException("ProxyCommand is refused\n  fix: write ProxyJump"));

    assertThat(checkup.steps())
        .containsExactly(Step.failed("ssh config", "ProxyCommand is refused", "write ProxyJump"));
  }

  @Test
  void aClock_isWarnedOfBeyondFiveSeconds_andTheTimeThatTheAnswerTook() throws IOException {
    Instant begun = Instant.ofEpochSecond(1_000);
    There.Answer slow =
        new There.Answer(
            List.of("now 1009.5"), begun, Duration.ofSeconds(6)); // 6.5 s, give or take 3

    assertThat(Skew.of(slow).step("clock", "this machine's", "set it"))
        .isEqualTo(Step.ok("clock", "6.50 s ahead of this machine's (± 3.00 s)"));
    assertThat(
            new Skew(Duration.ofSeconds(-6), Duration.ofMillis(50)).step("clock", "ours", "set it"))
        .isEqualTo(
            Step.warn(
                "clock",
                "6.00 s behind ours (± 0.05 s): times in reports and estimates will be off",
                "set it"));
    // The node ended the task at 1012; we heard of it at 1003, and the interchange is 8 s ahead.
    assertThat(
            NodeSteps.clock(
                    new Skew(Duration.ofSeconds(8), Duration.ZERO),
                    1_012_000_000L,
                    begun.plusSeconds(3))
                .found())
        .isEqualTo("1.00 s ahead of the interchange's (± 1.00 s)");
  }

  @Test
  void aNameOfSeveralHosts_isWarnedOf_andOneOfTwoKindsOfAddressIsNot() {
    assertThat(ThereSteps.oneMachine("login", List.of("10.0.0.1", "10.0.0.2", "fd00::1"), "login2"))
        .extracting(Step::standing, Step::found, Step::fix)
        .containsExactly(
            Standing.WARN,
            "login leads to 2 hosts (10.0.0.1, 10.0.0.2), and a run is to be found on the one where it was begun, here login2",
            "name that one in headnode.url");
    assertThat(ThereSteps.oneMachine("login", List.of("10.0.0.1", "fd00::1"), "login2"))
        .isEqualTo(Step.ok("one machine", "login is login2 (10.0.0.1)"));
    assertThat(ThereSteps.oneMachine("login", List.of(), "login2").found())
        .isEqualTo("login is login2");
  }

  @Test
  void aNodeThatIsOtherThanTheSiteSays_isWarnedOf() throws IOException {
    JsonNode report =
        new ObjectMapper()
            .readTree(
                """
                {"host": "n1", "cpus": "0-3", "memory_bytes": 2147483648, "accelerators": [{}],
                 "java": "17.0.9", "workers": 4, "bound_by": "cores", "warnings": ["far"]}
                """);

    assertThat(
            NodeSteps.node(
                site("node.cpus=8", "provider.type=slurm", "provider.accelerators-per-node=2"),
                report))
        .extracting(Step::standing, Step::found)
        .containsExactly(
            Standing.WARN,
            "n1: 4 cpus, 2.0 GiB, 1 accelerators, Java 17.0.9; 4 workers, bound by cores\n"
                + "node.cpus says 8 cpus, and a job has 4\n"
                + "provider.accelerators-per-node asks for 2, and 1 are seen\n"
                + "far");
  }

  @Test
  void theTrial_asksForOneNodeAndTenMinutes_andKeepsAShorterTime_andWhatTheUserSets() {
    Map<String, String> set = Map.of("provider.queue", "q");

    assertThat(new NodeLook(site("provider.walltime=1d"), Optional.empty(), set).settings())
        .contains(
            entry("provider.queue", "q"),
            entry("provider.nodes-per-block", "1"),
            entry("provider.max-blocks", "1"),
            entry("provider.walltime", "600s"),
            entry("worker.max-per-node", "1"));
    assertThat(new NodeLook(site("provider.walltime=5m"), Optional.empty(), set).settings())
        .doesNotContainKey("provider.walltime");
    assertThat(
            new NodeLook(site("executor.type=mpi", "launcher.type=simple"), Optional.empty(), set)
                .settings())
        .doesNotContainKey("worker.max-per-node");
  }

  @Test
  void theScriptOfAHeadNode_passesShellCheck() throws IOException {
    LocalHeadNode here = new LocalHeadNode();
    Duration patience = Duration.ofSeconds(60);
    boolean there = here.run(Command.of(patience, List.of("shellcheck", "--version"))).succeeded();
    SkipAloud.unless(there, "shellcheck is not installed, so the script was not checked");
    try (InputStream script = There.class.getResourceAsStream("there.sh")) {
      CommandResult checked =
          here.run(
              new Command(
                  List.of("shellcheck", "--shell=sh", "-"),
                  patience,
                  Optional.of(new String(script.readAllBytes(), StandardCharsets.UTF_8))));
      assertThat(checked.exitCode()).as(checked.stdout()).isZero();
    }
  }

  @Test
  void theLook_startsWhereTheRunIs_withTheManagersOwnJavaAndJar() {
    NodeLook look = new NodeLook(site(), Optional.empty(), Map.of());

    assertThat(look.task(Path.of("/a b/run")).work().toString())
        .contains("cd '/a b/run' || exit", "/proc/$PPID/cmdline", "tr '\\0' '\\n'");
  }
}
