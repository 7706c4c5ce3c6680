package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.provider.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Ranks of srun over nodes of a real Slurm that do not end as they should: no step of theirs may
 * hold a node when the next task has it. The nodes share this kernel, where a manager would find
 * all ranks by their environment; so ranks that hang are started without it, as if they were out of
 * its reach, and steps are what is looked for.
 */
class RanksLeftOnSlurmRealTest extends MpiOnSlurmTest {
  /** The options of an srun whose ranks do not carry their task's marks. */
  private static final String UNMARKED = "--export=PATH";

  private static SlurmCluster slurm;

  /** Such a sleep is nobody else's. */
  private final long nap = 1_000_000 + ProcessHandle.current().pid();

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
  }

  @Override
  SlurmCluster slurm() {
    return slurm;
  }

  /** What a rank does by its first argument. */
  @BeforeEach
  void writeTheProgram() throws IOException {
    Path program =
        drover.write(
            "bad.sh",
            "#!/bin/bash",
            "case $1 in",
            "  tell) echo $(hostname) rank $SLURM_PROCID of $SLURM_NTASKS ;;",
            "  abort)",
            "    if [ $SLURM_PROCID = 0 ]; then",
            // As MPI_Abort says it to Slurm's PMI.
            "      echo cmd=init pmi_version=1 pmi_subversion=1 >&$PMI_FD; read -r reply <&$PMI_FD",
            "      echo cmd=abort exitcode=3 >&$PMI_FD",
            "    fi",
            "    exec sleep $2 ;;",
            "  hang) trap '' TERM; touch up/$3-$SLURM_PROCID; exec sleep $2 ;;",
            "  wait) touch up/$3-$SLURM_PROCID; until [ -e go ]; do sleep 0.1; done; echo waited ;;",
            "  litter) setsid -f bash -c 'exec >/dev/null 2>&1 </dev/null sleep '$2; touch up/$3-$SLURM_PROCID ;;",
            "esac");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String task(String id, String command, String resources, String more) {
    return "{\"id\": \"%s\", \"command\": \"%s\", \"resources\": {%s}%s}"
        .formatted(id, command.replace("\"", "\\\""), resources, more);
  }

  private static String pair(String options) {
    return "\"nodes\": 2, \"ranks_per_node\": 2, \"launcher_options\": \"" + options + "\"";
  }

  private String out(int task) {
    return Drover.text(home.resolve("r/tasks/" + task + ".out"));
  }

  /** Steps of the cluster that an srun made, and their nodes. */
  private List<String> steps() {
    return slurm
        .slurm("squeue", "-h", "--steps", "-o", "%i %N")
        .lines()
        .filter(line -> line.matches("[0-9]+\\.[0-9]+ .*"))
        .toList();
  }

  /** Once all four ranks of the task with this number are up. */
  private static String onceUp(int number) {
    return "until set -- up/%d-*; [ $# = 4 ]; do sleep 0.1; done; ".formatted(number);
  }

  @Test
  void ranksThatAbortOrHangOrStayBehind_leaveBothNodesClean_forTheTaskThatComesNext() {
    mpiSite(2, "worker.kill-grace = 500ms");
    String bad = "$PARSL_MPI_PREFIX ./bad.sh ";
    String hang = bad + "hang " + nap;
    String look =
        "squeue -h --steps -j $SLURM_JOB_ID -o %i | grep -E '[.][0-9]+$'; pgrep -f '^sleep "
            + nap
            + "'; ";
    String next = look + bad + "tell";
    drover.write(
        "tasks.jsonl",
        task("abort", bad + "abort " + nap, pair("--mpi=pmi2"), ""),
        task("next-1", next, pair(""), ""),
        task("hang", hang + " 3", pair(UNMARKED), ", \"timeout\": \"20s\""),
        task("next-2", next, pair(""), ""),
        // Together with the process that watches it, as when an out-of-memory killer takes both.
        task(
            "killed",
            "setsid " + hang + " 5 & srun=$!; " + onceUp(5) + "kill -9 -- -$srun; wait $srun",
            pair(UNMARKED),
            ""),
        task("next-3", next, pair(""), ""),
        task("stay", hang + " 7 & " + onceUp(7), pair(UNMARKED), ""),
        task("next-4", next, pair(""), ""),
        task("litter", bad + "litter " + nap + " 9", pair(""), ""),
        task("next-5", next, pair(""), ""));
    start("tasks.jsonl")
        .end(LONG)
        .exits(1)
        .says(
            "7 of 10 tasks done, 3 failed",
            "task 1 \"abort\": exit code 137",
            "task 3 \"hang\": timed out after 2",
            "task 5 \"killed\": exit code 137");

    for (int task = 3; task <= 9; task += 2) {
      for (int rank = 0; rank < 4; rank++) {
        assertThat(home.resolve("up/" + task + "-" + rank)).exists();
      }
    }
    for (int task = 2; task <= 10; task += 2) {
      assertThat(out(task).lines())
          .as("task %d", task)
          .containsExactlyInAnyOrder(
              "node1 rank 0 of 4", "node1 rank 1 of 4", "node2 rank 2 of 4", "node2 rank 3 of 4");
    }
  }

  @Test
  void theStepsOfTasksBesideIt_andOfTheManagers_liveOn_whenATasksRanksAreEnded()
      throws IOException {
    site(
        "launcher.type = srun",
        "provider.nodes-per-block = 3",
        "worker.max-per-node = 4",
        "worker.cores-per-worker = 0.5",
        "worker.kill-grace = 500ms");
    String bad = "$PARSL_MPI_PREFIX ./bad.sh ";
    String part = "\"ranks_per_node\": 2, \"launcher_options\": \"%s\"";
    String limit = ", \"timeout\": \"20s\"";
    drover.write(
        "tasks.jsonl",
        task("pair", bad + "hang " + nap + " 1", pair(UNMARKED), limit),
        task("part", bad + "hang " + nap + " 2", part.formatted(UNMARKED), limit),
        task("beside", bad + "wait " + nap + " 3", part.formatted(""), ""));
    Drover.Running run = start("tasks.jsonl");
    for (String rank : List.of("1-0", "1-3", "2-0", "2-1", "3-0", "3-1")) {
      Drover.awaitFile(home.resolve("up/" + rank));
    }
    assertThat(steps()).hasSize(4);
    Path journal = home.resolve("r/journal.jsonl");
    await()
        .atMost(Drover.PATIENCE)
        .until(() -> Drover.text(journal).split("timed out after 20 s", -1).length == 3);

    List<String> left = steps();
    assertThat(left).hasSize(2).anyMatch(step -> step.endsWith(" node[1-3]"));
    drover.write("go");
    run.end(LONG)
        .exits(1)
        .says(
            "1 of 3 tasks done, 2 failed",
            "task 1 \"pair\": timed out after 2",
            "task 2 \"part\": timed out after 2");
    assertThat(out(3)).isEqualTo("waited\nwaited\n");
  }
}
