package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which steps a task left, and how long a scheduler is asked, with made-up answers. */
class SlurmStepsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);

  /** Processes of this node that run. */
  private final Set<Long> running = new TreeSet<>(Set.of(10L));

  private final Map<String, String> steps = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();

  /** Steps that a signal does not end. */
  private final Set<String> stuck = new TreeSet<>();

  private String ownStep = "";
  private IOException failure;
  private int failures;

  private void step(String id, String nodes, String srunHost, long srunPid) {
    steps.put(
        id,
        "StepId=4711.%s UserId=1000 StartTime=2026-11-26T07:00:00 TimeLimit=UNLIMITED State=RUNNING Partition=debug NodeList=%s Nodes=2 CPUs=8 Tasks=2 Name=my prog Network=(null) TRES=cpu=8,mem=800M,node=2 ResvPorts=(null) CPUFreqReq=Default Dist=Block SrunHost:Pid=%s:%d"
            .formatted(id, nodes, srunHost, srunPid));
  }

  private Optional<String> end(Duration patience, String... nodes) {
    LeftRanks ranks =
        new SlurmSteps("4711", ownStep, "n1.example.org", running::contains, time -> this::answer);
    return ranks.end(List.of(nodes), patience);
  }

  private String answer(List<String> argv) throws IOException {
    asked.add(String.join(" ", argv));
    if (failures > 0) {
      failures--;
      throw failure;
    }
    if (argv.get(0).equals("scontrol")) {
      assertThat(argv).containsExactly("scontrol", "--oneliner", "show", "step", "4711");
      return String.join("\n", steps.values()) + "\n";
    }
    assertThat(argv).startsWith("scancel");
    for (String id : argv.subList(1, argv.size())) {
      String number = id.substring("4711.".length());
      if (!stuck.contains(number)) {
        steps.remove(number);
      }
    }
    return "";
  }

  private List<String> killed() {
    return asked.stream().filter(command -> command.startsWith("scancel")).toList();
  }

  /** As Slurm 22.05.8 printed it: the job script, a step, and one that waits for its nodes. */
  private static final String CAPTURED =
      """
      StepId=1.batch UserId=0 StartTime=2026-11-26T07:00:13 TimeLimit=UNLIMITED State=RUNNING Partition=debug NodeList=node1 Nodes=1 CPUs=0 Tasks=1 Name=batch Network=(null) TRES=(null) ResvPorts=(null) CPUFreqReq=Default SrunHost:Pid=(null):0
      StepId=1.2 UserId=0 StartTime=2026-11-26T07:01:20 TimeLimit=UNLIMITED State=RUNNING Partition=debug NodeList=node[1-2] Nodes=2 CPUs=8 Tasks=4 Name=hang.sh Network=(null) TRES=cpu=8,mem=800M,node=2 ResvPorts=(null) CPUFreqReq=Default Dist=Block SrunHost:Pid=node1:9823
      StepId=1.TDB UserId=0 StartTime=Unknown TimeLimit=UNLIMITED State=PENDING Partition=debug NodeList=node[1-2] Nodes=2 CPUs=2 Tasks=2 Name=(null) Network=(null) TRES=(null) ResvPorts=(null) CPUFreqReq=Default Dist=Unknown SrunHost:Pid=node1:9912
      """;

  @Test
  void aListing_hasTheStepsThatRun_andWhatStartedThem() {
    assertThat(JobStep.parse(CAPTURED))
        .containsExactly(new JobStep("1.2", List.of("node1", "node2"), "node1", 9823));
    assertThat(JobStep.parse("")).isEmpty();
  }

  @Test
  void aStepWhoseSrunIsGone_isKilled_andSeenToBeGone() {
    step("3", "n[1-2]", "n1", 77);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(asked)
        .containsExactly(
            "scontrol --oneliner show step 4711",
            "scancel 4711.3",
            "scontrol --oneliner show step 4711");
  }

  @Test
  void aTaskThatLeftNone_isOneQuestion() {
    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void allStepsOfATask_areKilled_alsoThoseOnAPartOfItsNodes() {
    step("3", "n1", "n1", 77);
    step("4", "n2", "n1", 78);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).containsExactly("scancel 4711.3 4711.4");
  }

  @Test
  void stepsOfTasksBesideIt_liveOn() {
    step("1", "n[3-4]", "n1", 77); // on other nodes, and being cleaned up by another thread
    step("2", "n1", "n1", 10); // on the same node, with an srun that lives
    step("3", "n[2-3]", "n1", 78); // not only on its nodes

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).isEmpty();
    assertThat(steps).hasSize(3);
  }

  @Test
  void whatWasStartedOnAnotherNode_isNotJudgedFromHere() {
    step("1", "n2", "n2", 77);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).isEmpty();
  }

  @Test
  void theJobsOwnSteps_andThoseWithoutNodes_areNone() {
    step("batch", "n1", "n1", 77);
    step("extern", "n[1-2]", "n1", 77);
    step("5", "(null)", "n1", 77);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).isEmpty();
  }

  @Test
  void theManagersOwnStep_isSpared() {
    ownStep = "0";
    step("0", "n[1-2]", "n0", 5);
    step("1", "n[1-2]", "n1", 77);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).containsExactly("scancel 4711.1");
  }

  @Test
  void whoCannotSeeTheSrunOfItsOwnStep_asInAContainer_judgesNone() {
    ownStep = "0";
    step("0", "n1", "n1", 9_999);
    step("1", "n2", "n1", 9_998);

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(killed()).isEmpty();
  }

  @Test
  void aSchedulerThatAnswersLater_isAskedAgain() {
    step("3", "n[1-2]", "n1", 77);
    failure = new IOException("scontrol (exit 1): Unable to contact slurm controller");
    failures = 2;

    assertThat(end(PATIENCE, "n1", "n2")).isEmpty();

    assertThat(steps).isEmpty();
  }

  @Test
  void aSchedulerThatDoesNotAnswer_isSaid() {
    failure = new IOException("scontrol (exit 1): Unable to contact slurm controller");
    failures = Integer.MAX_VALUE;

    assertThat(end(SHORT, "n1", "n2"))
        .contains(
            "its ranks may still run on n1,n2: scontrol (exit 1): Unable to contact slurm controller (squeue --steps -j 4711 shows them, scancel ends them)");
  }

  /** In real: a command that is on no PATH. */
  @Test
  void whereSlurmsCommandsAreMissing_asInAContainer_thereIsNoStep_andNobodyIsAskedAgain() {
    HostCommand missing = HostCommand.within(PATIENCE);
    LeftRanks ranks =
        new SlurmSteps(
            "4711",
            ownStep,
            "n1",
            running::contains,
            time ->
                argv -> {
                  asked.add(argv.get(0));
                  return missing.output(List.of("no-such-" + argv.get(0)));
                });

    assertThat(ranks.end(List.of("n1"), PATIENCE)).isEmpty();

    assertThat(asked).containsExactly("scontrol");
  }

  @Test
  void stepsThatAreThere_andNoCommandThatEndsThem_areNamedAtOnce() {
    step("3", "n1", "n1", 77);
    LeftRanks ranks =
        new SlurmSteps(
            "4711",
            ownStep,
            "n1",
            running::contains,
            time ->
                argv -> {
                  if (argv.get(0).equals("scancel")) {
                    throw new HostCommand.NotInstalledException("scancel", null);
                  }
                  return answer(argv);
                });

    assertThat(ranks.end(List.of("n1"), PATIENCE))
        .hasValueSatisfying(
            words -> assertThat(words).contains("steps 4711.3 of the job do not end"));

    assertThat(asked).hasSize(1);
  }

  @Test
  void aStepThatDoesNotEnd_isNamed() {
    step("3", "n[1-2]", "n1", 77);
    stuck.add("3");

    assertThat(end(SHORT, "n1", "n2"))
        .contains(
            "its ranks may still run on n1,n2: steps 4711.3 of the job do not end (squeue --steps -j 4711 shows them, scancel ends them)");
  }

  @Test
  void outsideOfSlurm_launchersEndTheirRanksThemselves() {
    assertThat(LeftRanks.of(Map.of("PBS_NODEFILE", "x"), "n1", running::contains))
        .isSameAs(LeftRanks.NONE);
    assertThat(LeftRanks.of(Map.of("SLURM_JOB_ID", "4711"), "n1", running::contains))
        .isInstanceOf(SlurmSteps.class);
  }
}
