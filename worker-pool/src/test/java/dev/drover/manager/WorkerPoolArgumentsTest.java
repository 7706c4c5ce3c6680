package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.mpi.MpiLauncher;
import dev.drover.node.WorkerLimits;
import dev.drover.pinning.AffinityPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolArgumentsTest {
  private static final List<String> NEEDED =
      List.of("--address=10.0.0.1", "--port=54000", "--run-dir=/run");

  private static WorkerPoolOptions parse(String... more) {
    List<String> arguments = new ArrayList<>(NEEDED);
    arguments.addAll(List.of(more));
    return WorkerPoolArguments.parse(arguments);
  }

  private static WorkerPoolOptions options(List<String> accelerators) {
    return new WorkerPoolOptions(
        List.of("10.0.0.1", "login01.example", "fe80::1"),
        65535,
        Optional.of(Path.of("/run/keys")),
        "pool-1",
        "b-0001",
        new WorkerLimits(
            OptionalInt.of(7),
            OptionalDouble.of(0.1),
            OptionalLong.of(1L << 40),
            accelerators.isEmpty() ? OptionalInt.empty() : OptionalInt.of(4 * accelerators.size())),
        accelerators,
        accelerators.isEmpty() ? 1 : 4,
        AffinityPolicy.parse("list:0-3,8:4-7"),
        12,
        Duration.ofMillis(1_500),
        Duration.ofMinutes(90),
        Duration.ofSeconds(45),
        Duration.ofMillis(1),
        Path.of("/run"),
        Path.of("/work dir"),
        Path.of("/logs"),
        scratch(),
        OutputMode.PACKED,
        List.of("-Xmx1g", "-Dx=a=b", "-Dy=with blank"),
        1,
        new MpiOptions(MpiLauncher.SRUN, false, Optional.empty()));
  }

  /** Never written: each node has its own. */
  private static Path scratch() {
    return Path.of(Optional.ofNullable(System.getenv("TMPDIR")).orElse("/tmp"));
  }

  @Test
  void whatIsWritten_isReadBackAsTheSame() {
    for (List<String> accelerators :
        List.of(
            List.<String>of(),
            List.of("0"),
            List.of("4"),
            List.of("0", "1", "2"),
            List.of("0,1", "2,3"),
            List.of("GPU-5ef"))) {
      WorkerPoolOptions options = options(accelerators);
      assertThat(WorkerPoolArguments.parse(WorkerPoolArguments.write(options))).isEqualTo(options);
    }
  }

  @Test
  void theLeastOptions_areReadBackAsTheSame() {
    WorkerPoolOptions options = parse();

    assertThat(WorkerPoolArguments.parse(WorkerPoolArguments.write(options))).isEqualTo(options);
  }

  @Test
  void whatIsLeftOut_hasItsDefault() {
    WorkerPoolOptions options = parse();

    assertThat(options.addresses()).containsExactly("10.0.0.1");
    assertThat(options.port()).isEqualTo(54000);
    assertThat(options.keys()).isEmpty();
    assertThat(options.pool()).isEmpty();
    assertThat(options.block()).isEmpty();
    assertThat(options.limits()).isEqualTo(WorkerLimits.NONE);
    assertThat(options.accelerators()).isEmpty();
    assertThat(options.cpuAffinity()).isEqualTo(AffinityPolicy.NONE);
    assertThat(options.prefetch()).isEqualTo(ManagerSettings.AUTO);
    assertThat(options.drainPeriod()).isZero();
    assertThat(options.walltime()).isZero();
    assertThat(options.probeTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.killGrace()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.logDirectory()).isEqualTo(Path.of("/run/managers"));
    assertThat(options.workingDirectory()).isEqualTo(Path.of("").toAbsolutePath());
    assertThat(options.output()).isEqualTo(OutputMode.FILES);
    assertThat(options.maxPayloadBytes()).isEqualTo(256 << 20);
  }

  @Test
  void pathsThatBeginWithTheHomeOrAVariable_areExpandedHere_andOthersStayAsTheyAre() {
    String path = System.getenv("PATH");
    WorkerPoolOptions options = parse("--working-dir=~/a$PATH", "--log-dir=${PATH}/b");
    assertThat(options.workingDirectory())
        .isEqualTo(Path.of(System.getProperty("user.home"), "a" + path));
    assertThat(options.logDirectory()).isEqualTo(Path.of(path + "/b").toAbsolutePath());
    assertThat(parse("--working-dir=/x/$PATH").workingDirectory()).isEqualTo(Path.of("/x/$PATH"));
    assertThatThrownBy(() -> parse("--working-dir=$NO_SUCH_PLACE/x"))
        .hasMessageContaining("--working-dir=$NO_SUCH_PLACE/x: NO_SUCH_PLACE is not set here");
  }

  @Test
  void accelerators_areANumberOrNames() {
    assertThat(parse("--accelerators=3").accelerators()).containsExactly("0", "1", "2");
    assertThat(parse("--accelerators=0").accelerators()).isEmpty();
    assertThat(parse("--accelerators=7;").accelerators()).containsExactly("7");
    assertThat(parse("--accelerators=0.0;0.1").accelerators()).containsExactly("0.0", "0.1");
    assertThat(parse("--accelerators=3").limits().accelerators()).hasValue(3);
  }

  @Test
  void allThatIsWrong_isToldAtOnce() {
    assertThatThrownBy(
            () ->
                WorkerPoolArguments.parse(
                    List.of(
                        "--port=0",
                        "--prefetch=many",
                        "--max-workers=0",
                        "--cores-per-worker=x",
                        "--memory-per-worker=-1",
                        "--drain-period=soon",
                        "--output=both",
                        "--nodes=3",
                        "stray")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--address is missing")
        .hasMessageContaining("--run-dir is missing")
        .hasMessageContaining("--port=0")
        .hasMessageContaining("--prefetch=many")
        .hasMessageContaining("--max-workers=0")
        .hasMessageContaining("--cores-per-worker=x")
        .hasMessageContaining("--memory-per-worker=-1")
        .hasMessageContaining("--drain-period=soon")
        .hasMessageContaining("--output=both")
        .hasMessageContaining("unknown argument --nodes=3")
        .hasMessageContaining("unknown argument stray")
        .hasMessageContaining("--help");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port=65536",
        "--port=x",
        "--address=",
        "--address=,",
        "--address=a,,b",
        "--prefetch=-1",
        "--drain-period=-1",
        "--drain-period=NaN",
        "--walltime=1:30:00",
        "--drain-period=1e10",
        "--cores-per-worker=0",
        "--cores-per-worker=NaN",
        "--cores-per-worker=Infinity",
        "--max-payload=0",
        "--max-payload=2147483647",
        "--port",
        "-port=3",
        "port=3",
        "--accelerators=a;;b",
        "--slots-per-accelerator=0",
        "--mpi-launcher=mpirun",
        "--mpi-nodes=yes",
        "--cpu-affinity=some",
        "--cpu-affinity=list:0::1",
        "--cpu-affinity=list:1-0",
      })
  void aWrongValue_isRefusedNamingIt(String argument) {
    assertThatThrownBy(() -> parse(argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(argument.replaceAll("^-*", "").replaceAll("=.*", "").split("-")[0]);
  }

  @Test
  void theHelp_namesEveryOption() {
    for (String argument : WorkerPoolArguments.write(options(List.of("a")))) {
      assertThat(WorkerPoolArguments.HELP).contains(argument.replaceAll("=.*", "="));
    }
  }

  @Test
  void aManagerOfALeadNode_isReadBackAsTheSame_withAFileOfItsNodesOrWithout() {
    for (String which : List.of("--mpi-nodes", "--mpi-node-file=/run/hosts")) {
      WorkerPoolOptions options = parse("--max-workers=3", "--mpi-launcher=openmpi", which);

      assertThat(WorkerPoolArguments.write(options)).contains(which);
      assertThat(WorkerPoolArguments.parse(WorkerPoolArguments.write(options))).isEqualTo(options);
      assertThat(options.mpi().isLeadNode()).isTrue();
      assertThat(options.mpi().launcher()).isEqualTo(MpiLauncher.OPENMPI);
    }
    assertThat(parse("--mpi-node-file=hosts").mpi().nodeFile())
        .contains(Path.of("hosts").toAbsolutePath());
    assertThat(parse().mpi()).isEqualTo(MpiOptions.DEFAULT);
  }

  @Test
  void whatSharesANodeOut_isRefusedOnALeadNode() {
    assertThatThrownBy(
            () ->
                parse(
                    "--mpi-nodes",
                    "--accelerators=4",
                    "--slots-per-accelerator=2",
                    "--cpu-affinity=block",
                    "--cores-per-worker=2",
                    "--memory-per-worker=1"))
        .hasMessageContaining("--accelerators means nothing where MPI tasks have whole nodes")
        .hasMessageContaining("--slots-per-accelerator means nothing")
        .hasMessageContaining("--cpu-affinity means nothing")
        .hasMessageContaining("--cores-per-worker means nothing")
        .hasMessageContaining("--memory-per-worker means nothing");
  }

  @Test
  void anAcceleratorOfSeveralSlots_boundsTheWorkersByAllOfThem() {
    WorkerPoolOptions options = parse("--accelerators=3", "--slots-per-accelerator=4");

    assertThat(options.limits().accelerators()).hasValue(12);
    assertThat(options.slotsPerAccelerator()).isEqualTo(4);
  }

  @Test
  void theHelp_namesWhatALeadNodeIsTold() {
    assertThat(WorkerPoolArguments.HELP).contains("--mpi-nodes ", "--mpi-node-file=");
  }

  @Test
  void hostsOwnLimitOfWorkers_countsWhereItIsTheLower() {
    assertThat(WorkerPoolArguments.atMost(OptionalInt.of(8), "3")).hasValue(3);
    assertThat(WorkerPoolArguments.atMost(OptionalInt.of(2), "3")).hasValue(2);
    assertThat(WorkerPoolArguments.atMost(OptionalInt.empty(), "3")).hasValue(3);
    assertThat(WorkerPoolArguments.atMost(OptionalInt.of(8), null)).hasValue(8);
    assertThat(WorkerPoolArguments.atMost(OptionalInt.empty(), "none")).isEmpty();
  }
}
