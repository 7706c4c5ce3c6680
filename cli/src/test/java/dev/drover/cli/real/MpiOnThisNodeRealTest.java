package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import dev.drover.pinning.CpuAffinity;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole run whose tasks have real ranks of MPICH or Open MPI, good ones and bad ones. */
class MpiOnThisNodeRealTest extends RealTest {
  private static final String WHOLE_NODE = "\"resources\": {\"nodes\": 1, \"ranks_per_node\": 2";

  /** What a rank does by its first argument. It is told its number by either MPI's launcher. */
  private static final String[] RANK = {
    "#!/bin/bash",
    "rank=${PMI_RANK-$OMPI_COMM_WORLD_RANK} size=${PMI_SIZE-$OMPI_COMM_WORLD_SIZE}",
    "case $1 in",
    "  tell) echo $rank of $size on $(hostname) cpus $(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/$$/status) ;;",
    "  abort)",
    "    if [ $rank = 0 ]; then",
    "      [ -z \"$PMI_FD\" ] && exit 3", // Open MPI's launcher takes it for an abort
    "      echo cmd=abort exitcode=3 >&$PMI_FD", // as MPI_Abort says it to MPICH's
    "    fi",
    "    exec sleep $2 ;;",
    "  hang) trap '' TERM; touch hung-$rank; while :; do sleep $2; done ;;",
    // A daemon closes what it inherited: MPICH's launcher waits for whoever has its pipes.
    "  litter) setsid -f bash -c 'for fd in /proc/$$/fd/*; do n=${fd##*/}; eval \"exec $n>&-\"; done; exec sleep '$2 ;;",
    "esac"
  };

  /**
   * This MPI's launcher under the name that its prefix says, whatever Debian's alternatives are.
   */
  private void mpi(String word, String program) throws Exception {
    SkipAloud.unless(
        Files.isExecutable(Path.of("/usr/bin", program)),
        "/usr/bin/" + program + " is not installed, so no run had its ranks");
    Path bin = Files.createDirectory(home.resolve("bin"));
    program(bin.resolve(word), "#!/bin/sh", "exec /usr/bin/" + program + " \"$@\"");
    program(home.resolve("rank.sh"), RANK);
    drover
        .environment("PATH", bin + ":" + System.getenv("PATH"))
        .environment("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .environment("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
  }

  private void program(Path file, String... lines) throws Exception {
    drover.write(file.toString(), lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @ParameterizedTest
  @CsvSource({"mpiexec, mpiexec, mpiexec.mpich", "openmpi, mpirun, mpirun.openmpi"})
  void ranksThatAbortOrHangOrLeaveProcesses_leaveTheNodeClean_forTheTaskThatComesNext(
      String launcher, String word, String program) throws Exception {
    mpi(word, program);
    // Such a sleep is nobody else's.
    long nap = 1_000_000 + ProcessHandle.current().pid();
    // Open MPI needs room for two ranks by its own count of cores; MPICH is kept from looking for
    // ssh.
    String options =
        ", \"launcher_options\": \""
            + (launcher.equals("openmpi") ? "--oversubscribe" : "-launcher fork")
            + "\"}";
    String whole = WHOLE_NODE + options;
    int cpu = CpuAffinity.ofCallingThread().cpus().get(0);
    String part = "\"resources\": {\"ranks_per_node\": 2" + options;
    drover.write(
        "tasks.jsonl",
        task("tell", "$PARSL_MPI_PREFIX ./rank.sh tell", part),
        task("abort", "$PARSL_MPI_PREFIX ./rank.sh abort " + nap, whole),
        task("hang", "$PARSL_MPI_PREFIX ./rank.sh hang " + nap, "\"timeout\": \"10s\", " + whole),
        task("litter", "$PARSL_MPI_PREFIX ./rank.sh litter " + nap, whole),
        task("next", "pgrep -f \"^sleep " + nap + "\"; echo code $?", whole));
    drover
        .run(
            "run",
            "--run-dir",
            "r",
            "--set",
            "mpi.launcher=" + launcher,
            "--set",
            "worker.max-per-node=2",
            "--set",
            "worker.cores-per-worker=0.5",
            "--set",
            "worker.cpu-affinity=list:%d:%d".formatted(cpu, cpu),
            "--set",
            "worker.kill-grace=500ms",
            "tasks.jsonl")
        .exits(1)
        .says(
            "3 of 5 tasks done, 2 failed",
            "task 2 \"abort\": exit code 3",
            "task 3 \"hang\": timed out after ");

    String rank = " of 2 on " + InetAddress.getLocalHost().getHostName() + " cpus " + cpu;
    assertThat(out(1).lines()).containsExactlyInAnyOrder("0" + rank, "1" + rank);
    assertThat(home.resolve("hung-0")).exists();
    assertThat(home.resolve("hung-1")).exists();
    assertThat(out(5)).isEqualTo("code 1\n"); // there was no such process
  }

  @Test
  void theExampleOfAnEnsemble_runsOnThisMachine() throws Exception {
    mpi("mpiexec", "mpiexec.mpich");
    Path examples = Files.createDirectory(home.resolve("examples"));
    for (String name : List.of("pi-mpi.jsonl", "pi-rank.sh")) {
      Files.copy(
          Path.of("../examples", name), examples.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    drover.run("run", "--run-dir", "r", "examples/pi-mpi.jsonl").exits(0).says("all 7 tasks done");
    assertThat(Files.list(examples.resolve("out/pi"))).hasSize(5);
    assertThat(home.resolve("r/tasks/7.out"))
        .content()
        .matches("pi is about 3\\.1[0-9]+, by 1800000 darts of 10 processes\n");
  }

  private String out(int task) {
    return Drover.text(home.resolve("r/tasks/" + task + ".out"));
  }

  private static String task(String id, String command, String more) {
    return "{\"id\": \"%s\", \"command\": \"%s\", %s}"
        .formatted(id, command.replace("\"", "\\\""), more);
  }
}
