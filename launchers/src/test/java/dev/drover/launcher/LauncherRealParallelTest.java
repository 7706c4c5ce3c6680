package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real GNU parallel, on this machine and over a stand-in for ssh to three made-up hosts. */
class LauncherRealParallelTest {
  @TempDir Path root;
  private LauncherBench bench;

  @BeforeEach
  void threeHosts() throws Exception {
    LauncherBench.assumeInstalled("parallel");
    bench = new LauncherBench(root);
    Path ssh = bench.install("ssh.sh", root.resolve("ssh"));
    bench.environment.put("PARALLEL_SSH", ssh.toString());
    bench.environment.put("PBS_NODEFILE", bench.file("nodes", "na", "na", "nb", "nc").toString());
  }

  private static LauncherSettings parallel() {
    return LauncherSettings.of("gnu-parallel");
  }

  @Test
  void oneManagerStartsOnEachHost_withTheWordsAndTheVariables() throws Exception {
    bench.environment.put("DROVER_X", "it's $1\nb");
    assertThat(bench.run(parallel(), 3, "it's", "$HOME", "a b", "")).as(bench.stderr()).isZero();
    assertThat(bench.lines("ended")).containsExactlyInAnyOrder("na", "nb", "nc");
    assertThat(bench.logs("words.")).hasSize(3).containsOnly("[it's][$HOME][a b][]");
    assertThat(bench.logs("env."))
        .allSatisfy(env -> assertThat(env).contains("DROVER_X=it's $1\nb", "JOBNAME=b-1"));
  }

  @Test
  void term_reachesEveryManager() throws Exception {
    bench.environment.put("STUB_LIFE", "300");
    Process launcher = bench.start(parallel(), 3);
    bench.awaitLines("started", 3);
    launcher.destroy();
    assertThat(bench.end(launcher)).as(bench.stderr()).isEqualTo(143);
    assertThat(bench.lines("term")).containsExactlyInAnyOrder("na", "nb", "nc");
  }

  @Test
  void aManagerThatFails_endsNoOther_andNoHostGetsASecond() throws Exception {
    bench.environment.put("STUB_LIFE", "2");
    bench.environment.put("STUB_FAILS", "nb");
    bench.environment.put("STUB_CODE", "7");
    assertThat(bench.run(parallel(), 3)).as(bench.stderr()).isEqualTo(7);
    assertThat(bench.lines("started")).hasSize(3);
    assertThat(bench.lines("ended")).containsExactlyInAnyOrder("na", "nc");
  }

  @Test
  void aHostWithoutSsh_doesNotTakeTheOthersWithIt() throws Exception {
    Path own = bench.file("logins", ":", "ssh-which-is-not-there nb");
    bench.environment.put("STUB_LIFE", "1");
    assertThat(bench.run(parallel().withHostFile(own.toString()), 2)).isNotZero();
    assertThat(bench.lines("ended")).hasSize(1);
  }

  @Test
  void theUsersSshlogins_mayBeThisMachine_andTermReachesIt() throws Exception {
    Path own = bench.file("logins", ":", ":");
    bench.environment.put("STUB_LIFE", "300");
    Process launcher = bench.start(parallel().withHostFile(own.toString()), 1);
    bench.awaitLines("started", 1);
    launcher.destroy();
    assertThat(bench.end(launcher)).as(bench.stderr()).isEqualTo(143);
    assertThat(bench.lines("term")).containsExactly("0");
  }

  @Test
  void aHostWithoutAScheduler_isThisMachine() throws Exception {
    bench.environment.remove("PBS_NODEFILE");
    assertThat(bench.run(parallel(), 1, "x")).as(bench.stderr()).isZero();
    assertThat(bench.lines("ssh")).isEmpty();
    assertThat(bench.lines("ended")).containsExactly("0");
  }
}
