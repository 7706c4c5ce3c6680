package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every launcher runs, with stand-ins for the programs that it starts. */
class LauncherStubsTest {
  private static final String HYDRA = "HYDRA build details:";
  private static final String OPEN_MPI_4 = "mpirun (OpenRTE) 4.1.4";
  private static final String OPEN_MPI_5 = "mpirun (Open MPI) 5.0.6";
  private static final String[] HARD = {"it's", "a b", "$HOME", "", "*", "\"x\" \\ `id`", "l1\nl2"};

  @TempDir Path root;
  private LauncherBench bench;

  @BeforeEach
  void threeNodes() throws Exception {
    bench =
        new LauncherBench(root)
            .stubs("srun", "scancel", "mpiexec", "mpirun", "flux", "aprun", "jsrun", "parallel");
    bench.environment.put("SLURM_JOB_ID", "42");
    bench.environment.put("PBS_NODEFILE", bench.file("nodes", "n1", "n2", "n3").toString());
  }

  private static LauncherSettings settings(String name) {
    return LauncherSettings.of(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"srun", "srun-mpi", "mpiexec", "mpirun", "flux", "aprun", "jsrun", "gnu-parallel"})
  void oneManagerStartsOnEachNode_andEveryWordArrivesUntouched(String name) throws Exception {
    assertThat(bench.run(settings(name), 3, HARD)).as(bench.stderr()).isZero();
    assertThat(bench.lines("started")).hasSize(3).doesNotHaveDuplicates();
    assertThat(bench.logs("words.")).hasSize(3).containsOnly("[" + String.join("][", HARD) + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {HYDRA, OPEN_MPI_4, OPEN_MPI_5, "PALS 1.2"})
  void mpiexec_startsOneManagerOnEachHost_whoseverItIs(String version) throws Exception {
    bench.environment.put("STUB_VERSION", version);
    assertThat(bench.run(settings("mpiexec"), 3, HARD)).as(bench.stderr()).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 n1", "1 n2", "2 n3");
    assertThat(bench.logs("words.")).containsOnly("[" + String.join("][", HARD) + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "srun," + HYDRA,
    "srun-mpi," + HYDRA,
    "mpiexec," + HYDRA,
    "mpirun," + OPEN_MPI_4,
    "mpirun," + OPEN_MPI_5,
    "flux," + HYDRA,
    "aprun," + HYDRA,
    "jsrun," + HYDRA,
    "gnu-parallel," + HYDRA
  })
  void term_reachesEveryManager(String name, String version) throws Exception {
    bench.environment.put("STUB_VERSION", version);
    bench.environment.put("STUB_LIFE", "300");
    Process launcher = bench.start(settings(name), 3);
    bench.awaitLines("started", 3);
    launcher.destroy();
    assertThat(bench.end(launcher)).as(bench.stderr()).isEqualTo(143);
    assertThat(bench.lines("term")).hasSize(3).doesNotHaveDuplicates();
    assertThat(bench.lines("ended")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "simple,1",
    "single-node,1",
    "srun,1",
    "srun,3",
    "srun-mpi,3",
    "mpiexec,1",
    "mpiexec,3",
    "mpirun,3",
    "flux,3",
    "aprun,3",
    "jsrun,3",
    "gnu-parallel,1",
    "gnu-parallel,3"
  })
  void theExitCodePasses(String name, int nodes) throws Exception {
    bench.environment.put("STUB_CODE", "37");
    assertThat(bench.run(settings(name), nodes)).isEqualTo(37);
  }

  @ParameterizedTest
  @ValueSource(strings = {"srun", "srun-mpi", "mpiexec", "mpirun", "gnu-parallel"})
  void oneManagerThatFails_endsNoOther_andItsCodeIsKept(String name) throws Exception {
    bench.environment.put("STUB_CODE", "9");
    bench.environment.put("STUB_FAILS", name.equals("gnu-parallel") ? "2" : "1");
    bench.environment.put("STUB_LIFE", "1");
    assertThat(bench.run(settings(name), 3)).isEqualTo(9);
    assertThat(bench.lines("ended")).hasSize(2);
  }

  @Test
  void aNodeFileOfSlots_givesEachHostOnce_inItsOrder() throws Exception {
    bench.environment.put(
        "PBS_NODEFILE",
        bench.file("slots", "n9", "n9", "n9", "n9", "n10", "n10", "n10", "n10").toString());
    assertThat(bench.run(settings("mpiexec"), 2)).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 n9", "1 n10");
    assertThat(Files.readAllLines(bench.directory.resolve("b-1.launch.hosts")))
        .containsExactly("n9", "n10");
  }

  @Test
  void fewerHostsThanNodes_endsWithTheReason_andStartsNothing() throws Exception {
    bench.environment.put("PBS_NODEFILE", bench.file("packed", "n1", "n1", "n2").toString());
    for (String name : List.of("mpiexec", "mpirun", "gnu-parallel")) {
      assertThat(bench.run(settings(name), 3)).isEqualTo(78);
      assertThat(bench.stderr())
          .contains("the block has 3 nodes", "PBS_NODEFILE", "names 2", "n1 n2", "place=scatter");
    }
    assertThat(bench.lines("started")).isEmpty();
  }

  @Test
  void withoutAScheduler_theBlockIsThisMachine() throws Exception {
    bench.environment.remove("PBS_NODEFILE");
    assertThat(bench.run(settings("mpiexec"), 1)).isZero();
    assertThat(bench.lines("started")).containsExactly("0 localhost");
    assertThat(bench.run(settings("mpiexec"), 2)).isEqualTo(78);
  }

  @Test
  void lsfsLaunchNode_isLeftOut_whereItIsNoneOfTheBlocks() throws Exception {
    bench.environment.remove("PBS_NODEFILE");
    bench.environment.put("LSB_HOSTS", "batch5 c1 c1 c1 c2 c2 c2");
    assertThat(bench.run(settings("mpiexec"), 2)).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 c1", "1 c2");
    bench.environment.put(
        "LSB_DJOB_HOSTFILE", bench.file("djob", "h1", "h1", "h2", "h2").toString());
    assertThat(bench.run(settings("mpiexec"), 2)).isZero();
    assertThat(bench.lines("started")).contains("0 h1", "1 h2");
  }

  @Test
  void gridEnginesHostFile_hasTheHostFirst() throws Exception {
    bench.environment.remove("PBS_NODEFILE");
    bench.environment.put(
        "PE_HOSTFILE", bench.file("pe", "g1 4 all.q@g1 UNDEFINED", "g2 4 all.q@g2 0").toString());
    assertThat(bench.run(settings("mpiexec"), 2)).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 g1", "1 g2");
  }

  @Test
  void theUsersHostFile_comesBeforeTheSchedulers_andMayHoldCounts() throws Exception {
    Path own = bench.file("own hosts", "# mine", "m1:4", "m2 slots=4", "", "m1");
    assertThat(bench.run(settings("mpiexec").withHostFile(own.toString()), 2)).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 m1", "1 m2");
    assertThat(bench.run(settings("mpiexec").withHostFile("/no/such"), 2)).isEqualTo(78);
    assertThat(bench.stderr()).contains("cannot read the launcher's host file /no/such");
  }

  @Test
  void aBlockSmallerThanItsAllocation_takesTheFirstHosts() throws Exception {
    assertThat(bench.run(settings("mpirun"), 2)).isZero();
    assertThat(bench.lines("started")).containsExactlyInAnyOrder("0 n1", "1 n2");
  }

  @Test
  void mpich_isToldOncePerNode_unboundAndToLetOthersLive() throws Exception {
    bench.run(settings("mpiexec").withOptions("-verbose"), 3);
    assertThat(String.join(" ", bench.lines("mpiexec.argv")))
        .contains(
            "-n 3 --hostfile "
                + bench.directory
                + "/b-1.launch.hosts --bind-to none --ppn 1"
                + " -genvall -disable-auto-cleanup -verbose "
                + bench.manager);
  }

  @Test
  void pals_isToldItsOwnWords_andPpnOnlyOnce() throws Exception {
    bench.environment.put("STUB_VERSION", "PALS");
    bench.run(settings("mpiexec").withBindOption("--cpu-bind").withOptions("--ppn", "1"), 3);
    assertThat(String.join(" ", bench.lines("mpiexec.argv")))
        .contains("--cpu-bind none --no-abort-on-failure --no-transfer --ppn 1 " + bench.manager)
        .doesNotContain("--bind-to");
  }

  @Test
  void noBindOption_givesNoBindWords() throws Exception {
    bench.run(settings("mpiexec").withBindOption(""), 1);
    assertThat(bench.lines("mpiexec.argv")).doesNotContain("none", "--bind-to");
  }

  @Test
  void openMpi_isToldToMapByNode_andWhichVariablesTravel() throws Exception {
    bench.environment.put("STUB_VERSION", OPEN_MPI_4);
    bench.environment.put("DROVER_X", "a b");
    bench.environment.put("PARSL_Y", "1");
    bench.environment.put("SLURM_PROCID", "0");
    bench.run(settings("mpirun").withOptions("--allow-run-as-root"), 3);
    String line = String.join(" ", bench.lines("mpirun.argv"));
    assertThat(line)
        .contains("--map-by ppr:1:node", "-x DROVER_X", "-x PARSL_Y", "-x PATH")
        .contains("--mca orte_abort_on_non_zero_status 0 --allow-run-as-root bash -c")
        .doesNotContain("--ppn", "-x SLURM_PROCID", "a b -");
  }

  @Test
  void gnuParallel_passesTheEnvironmentInAPrivateFile_andNothingOnTheCommandLine()
      throws Exception {
    bench.environment.put("DROVER_X", "se$cret \n'2'");
    bench.run(settings("gnu-parallel").withOptions("--tag"), 3, "word-1");
    assertThat(String.join(" ", bench.lines("parallel.argv")))
        .contains("--jobs 1 --hostgroups --sshloginfile", "--tag -q bash", "::: 0@d0 1@d1 2@d2")
        .doesNotContain("cret", "word-1");
    assertThat(Files.readAllLines(bench.directory.resolve("b-1.launch.hosts")))
        .containsExactly("@d0/1/n1", "@d1/1/n2", "@d2/1/n3");
    assertThat(Files.getPosixFilePermissions(bench.directory.resolve("b-1.launch.node.sh")))
        .hasSize(2);
    assertThat(bench.logs("env."))
        .hasSize(3)
        .allSatisfy(env -> assertThat(env).contains("se$cret \n'2'"));
  }

  @Test
  void sruns_ownChoices_doNotReachTheSrunsOfTasks() throws Exception {
    bench.run(settings("srun"), 3);
    assertThat(bench.logs("env."))
        .hasSize(3)
        .allSatisfy(env -> assertThat(env).doesNotContain("SLURM_CPU_BIND=", "DROVER_LAUNCH="));
  }

  @Test
  void srun_outsideAJob_saysSo_insteadOfQueuingForOne() throws Exception {
    bench.environment.remove("SLURM_JOB_ID");
    assertThat(bench.run(settings("srun"), 1)).isEqualTo(78);
    assertThat(bench.stderr()).contains("SLURM_JOB_ID is not set");
    assertThat(bench.lines("srun.argv")).isEmpty();
  }

  @Test
  void wrapped_saysWhatItMeansForSeveralNodes_andRuns() throws Exception {
    assertThat(bench.run(settings("wrapped").withPrefix("env", "STUB_RANK=w"), 4, HARD)).isZero();
    assertThat(bench.stderr()).contains("runs its command once, on the first of the block's 4");
    assertThat(bench.lines("started")).containsExactly("w ");
    assertThat(bench.logs("words.")).containsExactly("[" + String.join("][", HARD) + "]");
  }
}
