package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.provider.slurm.SlurmCluster;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tasks with ranks on a real Slurm of four nodes: each task's ranks are a step of the block's job.
 */
class MpiOnSlurmRealTest extends MpiOnSlurmTest {
  private static final Set<String> NODES = Set.of("node1", "node2", "node3", "node4");

  private static SlurmCluster slurm;

  @BeforeAll
  static void startTheCluster() {
    slurm = SlurmCluster.shared();
  }

  @Override
  SlurmCluster slurm() {
    return slurm;
  }

  @Test
  void twoTasksOfTwoNodes_haveNodesOfTheirOwn_andTheThirdWaitsForSome() {
    mpiSite(4, "mpi.max-workers-per-block = 3");
    String task =
        "{\"command\": \"echo begin $DROVER_TASK_ID $PARSL_MPI_NODELIST >> log;"
            + " echo $PARSL_MPI_PREFIX > prefix-$DROVER_TASK_ID;"
            + " $PARSL_MPI_PREFIX ./rank.sh > ranks-$DROVER_TASK_ID;"
            + " touch up/$DROVER_TASK_ID; until [ -e go ]; do sleep 0.2; done;"
            + " echo end $DROVER_TASK_ID $PARSL_MPI_NODELIST >> log\","
            + " \"resources\": {\"num_nodes\": 2, \"num_ranks\": 4}}";
    drover.write("tasks.jsonl", task, task, task);
    Drover.Running run = start("tasks.jsonl");
    await()
        .atMost(Drover.PATIENCE)
        .until(() -> Files.exists(home.resolve("up/1")) && Files.exists(home.resolve("up/2")));
    assertThat(slurm.slurm("squeue", "-h", "-o", "%D %T")).isEqualTo("4 RUNNING");
    assertThat(drover.run("explain", "r", "3").exits(0).out())
        .contains(
            "waits for 2 nodes: all such nodes are busy; the first to be free are ",
            " of block b-0001, when tasks without a time limit end");
    assertThat(lines("log")).hasSize(2);
    drover.write("go");
    run.end(LONG).exits(0).says("all 3 tasks done");

    List<String> log = lines("log");
    assertThat(AuroraShape.disjointAtOnce(log)).isEqualTo(2);
    for (String line : log.subList(0, 2)) {
      String task1 = line.split(" ")[1];
      String hosts = line.split(" ")[2];
      String[] nodes = hosts.split(",");
      assertThat(home.resolve("prefix-" + task1))
          .hasContent(
              "srun --ntasks 4 --ntasks-per-node 2 --nodelist %s --nodes 2".formatted(hosts));
      assertThat(lines("ranks-" + task1))
          .containsExactlyInAnyOrder(
              nodes[0] + " rank 0 of 4 tile unbound task " + task1,
              nodes[0] + " rank 1 of 4 tile unbound task " + task1,
              nodes[1] + " rank 2 of 4 tile unbound task " + task1,
              nodes[1] + " rank 3 of 4 tile unbound task " + task1);
    }
  }

  @Test
  void auroraTilesOnTwoNodes_areGivenToTwelveTasksEach() throws Exception {
    List<String> lines = new ArrayList<>(AuroraShape.tileWorkers());
    lines.add("launcher.type = srun");
    lines.add("provider.nodes-per-block = 2");
    site(lines.toArray(String[]::new));
    drover.write("tasks.txt", AuroraShape.tileTasks(2));
    start("tasks.txt").end(LONG).exits(0).says("all 24 tasks done");
    List<String> hosts = lines("seen").stream().map(line -> line.split(" ")[0]).distinct().toList();
    assertThat(hosts).hasSize(2);
    assertThat(NODES).containsAll(hosts);
    AuroraShape.checkTiles(home, hosts);
  }

  /** Aurora's ten nodes are four here, so that two such tasks run at once. */
  @Test
  void auroraPairsOfNodes_runTwoAtOnce_andGoOnInTheNextBlock_whenOneMayLaunchNoMore()
      throws Exception {
    mpiSite(4, "mpi.max-workers-per-block = 2", "mpi.max-launches-per-block = 3");
    drover.write("ensemble.jsonl", AuroraShape.pairTasks(5, "", "--overcommit", 2));
    start("ensemble.jsonl").end(LONG).exits(0).says("all 5 tasks done");
    AuroraShape.checkPairs(
        home,
        5,
        "srun --ntasks 24 --ntasks-per-node 12 --nodelist %s --nodes 2 --overcommit",
        List.of(),
        NODES,
        2);
    assertThat(blocks()).isEqualTo(2);
    assertThat(home.resolve("r/drover.log"))
        .content()
        .contains("3 MPI tasks were begun in its block, as many as mpi.max-launches-per-block");
  }

  /** A line of the log: what, task, its hosts, slots that it has on each. */
  private static final String MIXED =
      "{\"command\": \"echo begin $DROVER_TASK_ID %1$s >> log; %2$s > said-$DROVER_TASK_ID;"
          + " echo end $DROVER_TASK_ID %1$s >> log\"%3$s}";

  @Test
  void slotsAndPartsOfNodesAndPairsOfNodes_fromOneFile_areSideBySideInOneBlock() throws Exception {
    site(
        "launcher.type = srun",
        "provider.nodes-per-block = 3",
        "worker.max-per-node = 4",
        "worker.cores-per-worker = 0.5");
    String say = "echo $PARSL_MPI_PREFIX; $PARSL_MPI_PREFIX ./rank.sh";
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(MIXED.formatted("$(hostname) 1", "hostname", ""));
      tasks.add(MIXED.formatted("$(hostname) 1", "hostname", ", \"resources\": {}"));
      tasks.add(
          MIXED.formatted(
              "$PARSL_MPI_NODELIST 2",
              "{ " + say + "; }",
              ", \"resources\": {\"ranks_per_node\": 2}"));
    }
    for (int i = 0; i < 2; i++) {
      tasks.add(
          MIXED.formatted(
              "$PARSL_MPI_NODELIST 4",
              "{ " + say + "; }",
              ", \"resources\": {\"nodes\": 2, \"ranks_per_node\": 2}"));
    }
    drover.write("mixed.jsonl", tasks.toArray(String[]::new));
    start("mixed.jsonl").end(LONG).exits(0).says("all 14 tasks done");
    assertThat(blocks()).isEqualTo(1);

    Map<String, Integer> used = new HashMap<>();
    Set<String> shapes = new TreeSet<>();
    for (String line : lines("log")) {
      String[] words = line.split(" ");
      int slots = Integer.parseInt(words[3]);
      String[] hosts = words[2].split(",");
      for (String host : hosts) {
        int now = used.merge(host, words[0].equals("begin") ? slots : -slots, Integer::sum);
        assertThat(now).as(line).isBetween(0, 4);
      }
      shapes.add(hosts.length + " x " + slots);
      if (slots > 1 && words[0].equals("end")) {
        List<String> ranks = new ArrayList<>();
        for (int rank = 0; rank < 2 * hosts.length; rank++) {
          ranks.add(
              "%s rank %d of %d tile unbound task %s"
                  .formatted(hosts[rank / 2], rank, 2 * hosts.length, words[1]));
        }
        List<String> said = lines("said-" + words[1]);
        assertThat(said.get(0))
            .isEqualTo(
                "srun --ntasks %d --ntasks-per-node 2 --nodelist %s --nodes %d%s"
                    .formatted(
                        2 * hosts.length,
                        words[2],
                        hosts.length,
                        hosts.length > 1 ? "" : " --exact --mem=0 --cpus-per-task 1"));
        assertThat(said.subList(1, said.size())).containsExactlyInAnyOrderElementsOf(ranks);
      }
    }
    assertThat(used.values()).containsOnly(0);
    assertThat(shapes).containsExactly("1 x 1", "1 x 2", "2 x 4");
  }
}
