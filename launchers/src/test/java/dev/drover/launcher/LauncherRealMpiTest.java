package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real mpiexec of MPICH and mpirun of Open MPI, with three made-up hosts on this machine. */
class LauncherRealMpiTest {
  @TempDir Path root;
  private LauncherBench bench;

  @BeforeEach
  void threeHosts() throws Exception {
    bench = new LauncherBench(root);
    bench.environment.put(
        "PBS_NODEFILE", bench.file("nodes", "na", "na", "nb", "nb", "nc", "nc").toString());
  }

  private LauncherSettings mpich() {
    LauncherBench.assumeInstalled("mpiexec.mpich");
    return LauncherSettings.of("mpiexec")
        .withProgram("mpiexec.mpich")
        .withOptions("-launcher", "fork");
  }

  /** Open MPI reaches other hosts through a stand-in for ssh, and wants to be asked to be root. */
  private LauncherSettings openMpi(String name) throws Exception {
    LauncherBench.assumeInstalled("mpirun.openmpi");
    Path ssh = bench.install("ssh.sh", root.resolve("ssh"));
    bench.environment.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
    bench.environment.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    return LauncherSettings.of(name)
        .withProgram(name + ".openmpi")
        .withOptions("--mca", "plm", "rsh", "--mca", "plm_rsh_agent", ssh.toString());
  }

  private LauncherSettings settings(String flavour) throws Exception {
    if (flavour.equals("mpich")) {
      // The variables would have to travel by ssh, too, but fork has none.
      return mpich();
    }
    bench.environment.put("DROVER_X", "a b");
    return openMpi(flavour.equals("openmpi") ? "mpirun" : "mpiexec");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpich", "openmpi", "openmpi-mpiexec"})
  void oneManagerStartsOnEachHost_andEveryWordArrives(String flavour) throws Exception {
    assertThat(bench.run(settings(flavour), 3, "it's", "$HOME", "a b")).as(bench.stderr()).isZero();
    assertThat(bench.lines("ended")).containsExactlyInAnyOrder("0", "1", "2");
    assertThat(bench.logs("words.")).hasSize(3).containsOnly("[it's][$HOME][a b]");
    assertThat(bench.logs("env.")).allSatisfy(env -> assertThat(env).contains("JOBNAME=b-1"));
  }

  @Test
  void openMpi_startsOnDifferentHosts_withTheJobsVariables() throws Exception {
    assertThat(bench.run(settings("openmpi"), 3)).as(bench.stderr()).isZero();
    assertThat(bench.lines("ssh")).containsExactlyInAnyOrder("na", "nb", "nc");
    assertThat(bench.logs("env."))
        .hasSize(3)
        .allSatisfy(
            env -> assertThat(env).contains("DROVER_X=a b").doesNotContain("\nDROVER_LAUNCH="));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpich", "openmpi"})
  void term_reachesEveryManager(String flavour) throws Exception {
    bench.environment.put("STUB_LIFE", "300");
    Process launcher = bench.start(settings(flavour), 3);
    bench.awaitLines("started", 3);
    launcher.destroy();
    assertThat(bench.end(launcher)).as(bench.stderr()).isEqualTo(143);
    assertThat(bench.lines("term")).containsExactlyInAnyOrder("0", "1", "2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpich", "openmpi"})
  void aManagerThatFails_endsNoOther_andItsCodeIsKept(String flavour) throws Exception {
    bench.environment.put("STUB_LIFE", "2");
    bench.environment.put("STUB_FAILS", "1");
    bench.environment.put("STUB_CODE", "7");
    assertThat(bench.run(settings(flavour), 3)).as(bench.stderr()).isEqualTo(7);
    assertThat(bench.lines("ended")).containsExactlyInAnyOrder("0", "2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mpich", "openmpi"})
  void aManagerThatIsKilled_endsNoOther(String flavour) throws Exception {
    bench.environment.put("STUB_LIFE", "2");
    bench.environment.put("STUB_FAILS", "1");
    bench.environment.put("STUB_CODE", "killed");
    assertThat(bench.run(settings(flavour), 3)).isNotZero();
    assertThat(bench.lines("ended")).containsExactlyInAnyOrder("0", "2");
  }

  @Test
  void onePerNode_saidByTheOptionsToo_isFineForMpich() throws Exception {
    LauncherSettings settings = mpich().withOptions("-launcher", "fork", "--ppn", "1");
    assertThat(bench.run(settings, 3)).as(bench.stderr()).isZero();
    assertThat(bench.lines("ended")).hasSize(3);
  }
}
