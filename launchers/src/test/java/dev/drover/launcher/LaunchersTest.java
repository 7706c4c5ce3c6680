package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchersTest {
  private static final List<String> MANAGER =
      List.of("java", "-jar", "drover.jar", "it's $HERE", "");

  private static ResourceSpec nodes(int nodes, int accelerators) {
    return new ResourceSpec(
        nodes,
        OptionalInt.of(64),
        Optional.empty(),
        OptionalInt.of(accelerators),
        Optional.empty());
  }

  private static List<String> launch(String name, int nodes) {
    return Launchers.of(name).launch(MANAGER, ResourceSpec.ofNodes(nodes));
  }

  /** The words, then the manager's command. */
  private static List<String> then(String words) {
    List<String> all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(MANAGER);
    return all;
  }

  /** What a script gets, after its own text and name. */
  private static List<String> arguments(List<String> argv) {
    assertThat(argv.subList(0, 2)).containsExactly("bash", "-c");
    return argv.subList(4, argv.size());
  }

  @Test
  void simple_passesTheArgvUnchanged_onAnyNumberOfNodes() {
    assertThat(launch("simple", 1)).isEqualTo(MANAGER);
    assertThat(launch("simple", 8)).isEqualTo(MANAGER);
  }

  @Test
  void singleNode_passesTheArgvUnchanged_onOneNode() {
    assertThat(launch("single-node", 1)).isEqualTo(MANAGER);
  }

  @Test
  void singleNode_refusesMoreNodes_andNamesTheMend() {
    assertThatExceptionOfType(LaunchImpossibleException.class)
        .isThrownBy(() -> launch("single-node", 4))
        .withMessageContaining("3 of the block's 4 would idle")
        .withMessageContaining("set nodes to 1");
  }

  private static List<String> srun(String words) {
    List<String> all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(List.of("bash", "-c", LaunchScript.text("node"), "drover-node"));
    all.addAll(MANAGER);
    return all;
  }

  private static final String SRUN_FLAGS =
      " --ntasks-per-node=1 --kill-on-bad-exit=0 --wait=0 --no-kill --overlap --cpu-bind=none"
          + " --mem=0 --mpi=none --export=ALL";

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void srun_saysTheNumberOfNodesAndOfTasks(int nodes) {
    assertThat(arguments(launch("srun", nodes)))
        .isEqualTo(srun("1 srun --nodes=" + nodes + " --ntasks=" + nodes + SRUN_FLAGS));
  }

  @Test
  void srun_asksForAccelerators_andPutsOptionsLast() {
    Launcher launcher =
        Launchers.of(
            LauncherSettings.of("srun").withProgram("/opt/srun").withOptions("--cpu-bind=cores"));
    assertThat(arguments(launcher.launch(MANAGER, nodes(2, 4))))
        .isEqualTo(
            srun(
                "1 /opt/srun --nodes=2 --ntasks=2"
                    + SRUN_FLAGS
                    + " --gpus-per-node=4 --cpu-bind=cores"));
  }

  @Test
  void srunMpi_startsAStepOfOneTaskForEachNode_andNeverOfMore() {
    assertThat(arguments(launch("srun-mpi", 3)))
        .isEqualTo(srun("3 srun --nodes=1 --ntasks=1" + SRUN_FLAGS));
  }

  @Test
  void mpiexecAndMpirun_handTheScriptTheirSettings() {
    LauncherSettings settings =
        LauncherSettings.of("mpiexec")
            .withProgram("mpiexec.mpich")
            .withHostFile("/h f")
            .withBindOption("--cpu-bind")
            .withOptions("--depth=64", "a b");
    assertThat(arguments(Launchers.of(settings).launch(List.of("m"), ResourceSpec.ofNodes(3))))
        .containsExactly(
            "3",
            "/h f",
            "mpiexec.mpich",
            "--cpu-bind",
            "",
            LaunchScript.text("node"),
            "2",
            "--depth=64",
            "a b",
            "m");
    assertThat(arguments(launch("mpirun", 1)).subList(0, 5))
        .containsExactly("1", "", "mpirun", "--bind-to", "");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void flux_keepsManagersApart_andUnbound(int nodes) {
    assertThat(launch("flux", nodes))
        .isEqualTo(
            then(
                "env FLUX_F58_FORCE_ASCII=1 flux run -N"
                    + nodes
                    + " --tasks-per-node=1 -o exit-timeout=none -o cpu-affinity=off"
                    + " -o gpu-affinity=off -o pmi=off --label-io"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aprun_placesOneOnEachNode_unbound(int nodes) {
    assertThat(launch("aprun", nodes))
        .isEqualTo(then("aprun -n " + nodes + " -N 1 -cc none -b -C"));
  }

  @Test
  void jsrun_givesEachHostOneSetOfAllItHas() {
    String end = " -b none -X 0";
    assertThat(launch("jsrun", 3))
        .isEqualTo(then("jsrun -n 3 -r 1 -a 1 -c ALL_CPUS -g ALL_GPUS" + end));
    assertThat(Launchers.of("jsrun").launch(MANAGER, nodes(1, 0)))
        .isEqualTo(then("jsrun -n 1 -r 1 -a 1 -c ALL_CPUS -g 0" + end));
    assertThat(Launchers.of("jsrun").launch(MANAGER, nodes(2, 6)))
        .isEqualTo(then("jsrun -n 2 -r 1 -a 1 -c ALL_CPUS -g ALL_GPUS" + end));
  }

  @Test
  void gnuParallel_handsTheScriptItsSettings() {
    Launcher launcher = Launchers.of(LauncherSettings.of("gnu-parallel").withOptions("--tag"));
    assertThat(arguments(launcher.launch(List.of("m"), ResourceSpec.ofNodes(3))))
        .containsExactly("3", "", "parallel", LaunchScript.text("node"), "1", "--tag", "m");
  }

  @Test
  void wrapped_putsItsWordsBeforeTheCommand() {
    Launcher launcher =
        Launchers.of(LauncherSettings.of("wrapped").withPrefix("docker", "run", "my image"));
    assertThat(launcher.launch(List.of("m"), ResourceSpec.ofNodes(1)))
        .containsExactly("docker", "run", "my image", "m");
    assertThat(arguments(launcher.launch(List.of("m"), ResourceSpec.ofNodes(4))))
        .containsExactly("4", "docker", "run", "my image", "m");
  }

  @Test
  void wrapped_needsWords() {
    assertThatExceptionOfType(LaunchImpossibleException.class)
        .isThrownBy(() -> Launchers.of("wrapped"))
        .withMessageContaining("give it a prefix, or take simple");
  }

  @Test
  void of_knowsEveryName() {
    assertThat(Launchers.NAMES)
        .filteredOn(name -> !name.equals("wrapped"))
        .hasSize(10)
        .allSatisfy(name -> assertThat(Launchers.of(name)).isNotNull());
  }

  @ParameterizedTest
  @CsvSource({
    "srun, --ntasks=8",
    "srun, -n8",
    "srun-mpi, -N",
    "srun, --exact",
    "mpiexec, -np",
    "mpirun, --hostfile=x",
    "mpirun, --map-by",
    "flux, -N4",
    "aprun, -N",
    "jsrun, --rs_per_host=2",
    "gnu-parallel, --jobs"
  })
  void options_thatPlaceManagersOtherwise_areRefused(String name, String option) {
    assertThatExceptionOfType(LaunchImpossibleException.class)
        .isThrownBy(() -> Launchers.of(LauncherSettings.of(name).withOptions(option, "4")))
        .withMessageContaining("the " + name + " launcher starts one manager on each node")
        .withMessageContaining("\"" + option + "\"")
        .withMessageContaining("leave it out");
  }

  @Test
  void moreThanOnePerNode_isRefused_andOnePerNodeIsNotSaidTwice() {
    assertThatExceptionOfType(LaunchImpossibleException.class)
        .isThrownBy(() -> Launchers.of(LauncherSettings.of("mpiexec").withOptions("-ppn", "4")))
        .withMessageContaining("ask for -ppn 4");
    for (String[] one : new String[][] {{"--ppn", "1"}, {"-ppn=1"}}) {
      Launcher launcher = Launchers.of(LauncherSettings.of("mpiexec").withOptions(one));
      assertThat(arguments(launcher.launch(MANAGER, ResourceSpec.ofNodes(2))).get(4))
          .isEqualTo("ppn");
    }
  }

  @Test
  void settings_thatWouldBeIgnored_areRefused() {
    for (LauncherSettings settings :
        List.of(
            LauncherSettings.of("simple").withOptions("-x"),
            LauncherSettings.of("single-node").withProgram("srun"),
            LauncherSettings.of("srun").withHostFile("/hosts"),
            LauncherSettings.of("flux").withPrefix("env"),
            LauncherSettings.of("wrapped").withPrefix("env").withOptions("-x"))) {
      assertThatExceptionOfType(LaunchImpossibleException.class)
          .isThrownBy(() -> Launchers.of(settings))
          .withMessageContaining("the " + settings.name() + " launcher")
          .withMessageContaining("leave");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "simpel, simple",
    "Simple, simple",
    "single_node, single-node",
    "singlenode, single-node",
    "mpi-exec, mpiexec",
    "srunmpi, srun-mpi"
  })
  void of_suggestsTheNearestName(String name, String nearest) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Launchers.of(name))
        .withMessageStartingWith(
            "unknown launcher \"" + name + "\" (did you mean " + nearest + "?); known: simple, ");
  }

  @Test
  void of_suggestsNothing_whenNothingIsNear() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Launchers.of("kubernetes"))
        .withMessage(
            "unknown launcher \"kubernetes\"; known: simple, single-node, srun, srun-mpi, mpiexec,"
                + " mpirun, flux, aprun, jsrun, gnu-parallel, wrapped");
  }
}
