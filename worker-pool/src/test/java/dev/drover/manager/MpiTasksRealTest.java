package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.mpi.MpiLauncher;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import dev.drover.process.ProcessLook;
import dev.drover.process.ProcessTree;
import dev.drover.process.SkipAloud;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * MPI tasks on a part of this node, with Debian's MPICH and Open MPI: where their ranks may run, as
 * the kernel tells it, and what is left of them. Skipped where they are missing.
 */
@Timeout(120)
class MpiTasksRealTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final List<Integer> cpus = CpuAffinity.ofCallingThread().cpus();
  private final List<SlotThread> threads = new ArrayList<>();
  private final Map<TaskId, CompletableFuture<TaskOutcome>> running = new ConcurrentHashMap<>();
  private SlotTools tools;
  private String options;
  private long lastId;

  /** Two slots of a cpu each, and this MPI's launcher under the name that its prefix says. */
  private void manager(MpiLauncher mpi) throws Exception {
    String word = mpi == MpiLauncher.OPENMPI ? "mpirun" : "mpiexec";
    Path program =
        Path.of("/usr/bin", mpi == MpiLauncher.OPENMPI ? "mpirun.openmpi" : "mpiexec.mpich");
    SkipAloud.unless(
        Files.isExecutable(program), program + " is not installed, so no task had its ranks");
    SkipAloud.unless(
        cpus.size() >= 2, "this process has one cpu, so no two tasks had ranks beside one another");
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Path script = bin.resolve(word);
    Files.writeString(script, "#!/bin/sh\nexec " + program + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    options = mpi == MpiLauncher.OPENMPI ? "" : "-launcher fork";
    tools =
        ThisManager.tools(
            directory,
            2,
            "list:" + cpus.get(0) + ":" + cpus.get(1),
            List.of(),
            "--mpi-launcher=" + mpi.key());
    tools.leaseUntil(System.nanoTime() + 10 * PATIENCE.toNanos());
    for (int rank = 0; rank < 2; rank++) {
      int slot = rank;
      threads.add(new SlotThread(slot, tools, isUrgent -> takeEnded(slot)));
    }
  }

  @AfterEach
  void close() {
    threads.forEach(SlotThread::close);
  }

  /** Ranks that each run a script of bash. */
  private TaskAssignment task(int ranks, int slots, String program) throws Exception {
    Path script = Files.writeString(directory.resolve("rank.sh"), program);
    Map<String, String> env =
        Map.of(
            "PATH", directory.resolve("bin") + ":" + System.getenv("PATH"),
            "OMPI_ALLOW_RUN_AS_ROOT", "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    TaskWork work =
        new TaskWork.Shell(
            List.of("$PARSL_MPI_PREFIX bash " + script),
            true,
            Optional.empty(),
            env,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ResourceRequest request = new ResourceRequest(slots, 0, 0, 0, ranks);
    return new TaskAssignment(
        new TaskId(++lastId),
        1,
        new TaskSpec("", work, request, Duration.ZERO, options),
        -1,
        slots);
  }

  private CompletableFuture<TaskOutcome> run(int slot, List<Integer> lent, TaskAssignment task) {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    running.put(task.id(), outcome);
    threads.get(slot).run(task, tools.shareOf(slot, lent, task));
    return outcome;
  }

  /** On the slot's thread. */
  private void takeEnded(int slot) {
    threads.get(slot).takeEnded().forEach(outcome -> running.get(outcome.id()).complete(outcome));
  }

  private static TaskOutcome get(CompletableFuture<TaskOutcome> outcome) throws Exception {
    return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private String output(TaskOutcome outcome) throws Exception {
    assertThat(outcome.ending()).as("%s", outcome).isEqualTo(Ending.SUCCEEDED);
    return Files.readString(directory.resolve(outcome.stdout().file()));
  }

  private static final String LOOK =
      "echo $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/$$/status)"
          + " threads $OMP_NUM_THREADS ${GOMP_CPU_AFFINITY-free}";

  private static List<ProcessTree.Member> processesOf(TaskAssignment task) {
    return ProcessTree.find("DROVER_TASK=" + ThisManager.POOL + "/" + task.id() + "/1");
  }

  @ParameterizedTest
  @EnumSource(names = {"MPIEXEC", "OPENMPI"})
  void twoTasksOnOneNode_haveRanksOnTheirOwnCpusOnly(MpiLauncher mpi) throws Exception {
    manager(mpi);

    var first = run(0, List.of(), task(2, 1, LOOK));
    var second = run(1, List.of(), task(2, 1, LOOK));

    String one = cpus.get(0) + " threads 1 free";
    String other = cpus.get(1) + " threads 1 free";
    assertThat(output(get(first)).lines()).containsExactly(one, one);
    assertThat(output(get(second)).lines()).containsExactly(other, other);
  }

  @ParameterizedTest
  @EnumSource(names = {"MPIEXEC", "OPENMPI"})
  void aTaskOfTwoSlots_hasRanksOnTheCpusOfBoth(MpiLauncher mpi) throws Exception {
    manager(mpi);

    var outcome = run(0, List.of(1), task(1, 2, LOOK));

    CpuSet both = CpuSet.of(cpus.get(0), cpus.get(1));
    assertThat(output(get(outcome)).lines()).containsExactly(both + " threads 2 free");
  }

  @ParameterizedTest
  @EnumSource(names = {"MPIEXEC", "OPENMPI"})
  void aRankThatAborts_endsTheTask_andItsFellows(MpiLauncher mpi) throws Exception {
    manager(mpi);
    // As MPI_Abort says it to MPICH's launcher; Open MPI's takes an exit code for it.
    String abort =
        "if [ ${PMI_RANK-$OMPI_COMM_WORLD_RANK} = 0 ]; then\n"
            + "  [ -z \"$PMI_FD\" ] && exit 3\n"
            + "  echo cmd=abort exitcode=3 >&$PMI_FD\n"
            + "fi\nsleep 1000\n";
    TaskAssignment task = task(2, 1, abort);

    TaskOutcome outcome = get(run(0, List.of(), task));

    assertThat(outcome.ending()).isEqualTo(Ending.FAILED);
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(processesOf(task)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"MPIEXEC", "OPENMPI"})
  void ranksThatHangPastTheLimit_andHearNoTerm_areGoneWhenTheTaskIs(MpiLauncher mpi)
      throws Exception {
    manager(mpi);
    TaskAssignment task = task(2, 1, "trap '' TERM; touch up-$$; while :; do sleep 1000; done");
    var outcome = run(0, List.of(), task);
    await().atMost(PATIENCE).until(() -> ups() == 2);

    threads.get(0).ofThread().end(task.id(), true);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              threads.get(0).ofThread().advanceEnding(new ProcessLook());
              return outcome.isDone();
            });

    assertThat(get(outcome).ending()).isEqualTo(Ending.TIMED_OUT);
    assertThat(processesOf(task)).isEmpty();
  }

  private long ups() throws Exception {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("up-")).count();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MPIEXEC", "OPENMPI"})
  void whatRanksLeaveBehind_inSessionsOfItsOwn_isGoneWhenTheTaskIs(MpiLauncher mpi)
      throws Exception {
    manager(mpi);
    // A daemon closes what it inherited: MPICH's launcher waits for whoever has its pipes. Its exec
    // is over before the rank ends: within it, it shows no environment, and one look is all.
    String daemon =
        "export rank=$$\n"
            + "setsid -f bash -c 'echo $$ > daemon-$rank;"
            + " for fd in /proc/$$/fd/*; do n=${fd##*/}; eval \"exec $n>&-\"; done;"
            + " exec sleep 1000'\n"
            + "until [ -s daemon-$$ ]; do sleep 0.01; done\n"
            + "d=/proc/$(cat daemon-$$)\n"
            + "until grep -aq ^sleep $d/cmdline && grep -aq DROVER_TASK= $d/environ; do\n"
            + "  sleep 0.01\n"
            + "done\n"
            + "touch up-$$\n";
    TaskAssignment task = task(2, 1, daemon);

    TaskOutcome outcome = get(run(0, List.of(), task));

    assertThat(outcome.ending()).as("%s", outcome).isEqualTo(Ending.SUCCEEDED);
    assertThat(ups()).isEqualTo(2);
    assertThat(processesOf(task)).isEmpty();
  }
}
