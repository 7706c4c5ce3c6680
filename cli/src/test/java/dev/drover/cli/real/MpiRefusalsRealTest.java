package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tasks that no block of {@code executor.type = mpi} can ever run: they are refused before the
 * scheduler, a toy PBS, hears of anything.
 */
class MpiRefusalsRealTest extends RealTest {
  private static final Path TOY = Path.of("../providers/src/test/toy").toAbsolutePath().normalize();

  private Path state;

  @BeforeEach
  void pbs() throws Exception {
    state = Files.createDirectory(home.resolve("pbs"));
    drover.environment("TOY_STATE", state.toString());
    drover.environment("PATH", TOY.resolve("bin-pbs") + ":" + System.getenv("PATH"));
    drover.write(
        "mpi.properties",
        "site.name = mpi-blocks",
        "provider.type = pbspro",
        "executor.type = mpi",
        "launcher.type = simple",
        "provider.nodes-per-block = 2",
        "provider.init-blocks = 1",
        "provider.walltime = 10m",
        "provider.poll-period = 1s",
        "provider.submit-interval = 0",
        "mpi.node-file = " + drover.write("nodes", "n1", "n2"),
        "executor.address = 127.0.0.1");
  }

  private Drover.Ended run(String... args) {
    String[] all = new String[args.length + 5];
    System.arraycopy(
        new String[] {"run", "--site", "./mpi.properties", "--run-dir", "r"}, 0, all, 0, 5);
    System.arraycopy(args, 0, all, 5, args.length);
    return drover.run(all);
  }

  /** With exactly these words, and nothing is asked for or left behind. */
  private void refuses(String words, String... args) {
    assertThat(run(args).exits(2).err()).isEqualTo("drover: " + words + "\n");
    assertThat(state.resolve("log")).as("what the scheduler was asked").doesNotExist();
    assertThat(home.resolve("r")).doesNotExist();
  }

  @Test
  void allThatIsWrongWithAFile_isToldAtOnce_lineByLine_andNoJobIsSubmitted() {
    drover.write(
        "tasks.jsonl",
        "{\"id\": \"good\", \"command\": \"true\", \"resources\": {\"num_nodes\": 2, \"num_ranks\": 4}}",
        "{\"command\": \"true\"}",
        "{\"command\": \"true\", \"resources\": {\"num_nodes\": 3, \"ranks_per_node\": 4}}",
        "{\"command\": \"true\", \"resources\": {\"num_nodes\": 2, \"ranks_per_node\": 4, \"num_ranks\": 9}}",
        "{\"command\": \"true\", \"resources\": {\"num_nodes\": 2, \"num_rank\": 4}}",
        "{\"command\": \"true\", \"resources\": {\"ranks_per_node\": 4}}",
        "{\"command\": \"true\", \"resources\": {\"nodes\": 1, \"cores\": 4}, \"after\": \"good\"}");
    refuses(
        """
        tasks.jsonl:2: an MPI task needs a specification, and this one has none; add "resources": {"nodes": 2, "ranks_per_node": 12}, or run with --nodes and --ranks-per-node
        tasks.jsonl:3: an MPI task asks for 3 nodes (num_nodes=3, ranks_per_node=4, num_ranks=12), and a block has 2; ask for fewer nodes, or for larger blocks (provider.nodes-per-block)
        tasks.jsonl:4: an MPI task's numbers contradict one another: num_nodes=2, ranks_per_node=4, num_ranks=9, and num_ranks is num_nodes x ranks_per_node, each at least 1; give two of nodes, ranks_per_node and num_ranks; the third is computed
        tasks.jsonl:5: unknown resource 'num_rank'; did you mean 'num_ranks'?
        tasks.jsonl:6: an MPI task's specification has only ranks_per_node=4; give num_nodes, and ranks_per_node or num_ranks beside it (without either, one rank on each node)
        tasks.jsonl:7: it asks for cores=4 nodes=1, and with executor.type = mpi a task has whole nodes, with all that they have; leave out cores, accelerators and memory""",
        "tasks.jsonl");
  }

  @Test
  void commandsThatAllAskForTheSame_areRefusedOnce_andNoJobIsSubmitted() {
    drover.write("tasks.txt", "true", "false");
    refuses(
        "tasks.txt: an MPI task needs a specification, and this one has none; run with --nodes and --ranks-per-node",
        "tasks.txt");
    refuses(
        "--: an MPI task asks for 3 nodes (num_nodes=3, ranks_per_node=1, num_ranks=3), and a block has 2; ask for fewer nodes, or for larger blocks (provider.nodes-per-block)",
        "--nodes",
        "3",
        "--",
        "echo {}",
        ":::",
        "a",
        "b");
    refuses(
        "--array: an MPI task needs a specification, and this one has none; run with --nodes and --ranks-per-node",
        "--array",
        "0-99",
        "--",
        "true");
  }

  /** What was refused above is not refused for another reason; and nodes alone have a rank each. */
  @Test
  void whatABlockCanRun_isRun_nodesAloneWithOneRankOnEach() throws Exception {
    drover.write(
        "tasks.jsonl",
        "{\"command\": \"echo $PARSL_MPI_PREFIX\", \"resources\": {\"num_nodes\": 2}}",
        "{\"command\": \"echo $PARSL_MPI_PREFIX\"}");
    run("--nodes", "1", "--ranks-per-node", "3", "tasks.jsonl").exits(0).says("all 2 tasks done");
    assertThat(home.resolve("r/tasks/1.out")).hasContent("mpiexec -n 2 -ppn 1 -hosts n1,n2");
    assertThat(home.resolve("r/tasks/2.out"))
        .content()
        .matches("mpiexec -n 3 -ppn 3 -hosts n[12]\n");
    assertThat(Files.readString(state.resolve("log"))).contains(" qsub ");
  }
}
