package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.drover.mpi.MpiRequest;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real managers on this host, each of which stands for nodes that a file names; no rank is started.
 */
class MpiExecutorTest {
  @TempDir Path home;

  private ExecutorBuilder builder(int nodes, String... settings) throws IOException {
    Path file = home.resolve("nodes");
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= nodes; i++) {
      names.add("node" + i);
    }
    Files.write(file, names);
    ExecutorBuilder builder =
        MpiExecutor.onSite("local")
            .set("provider.nodes-per-block", Integer.toString(nodes))
            .set("mpi.node-file", file.toString())
            .set("worker.kill-grace", "1s")
            .set("worker.working-dir", home.toString())
            .runsIn(home);
    for (String setting : settings) {
      builder.set(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    return builder;
  }

  private static String stdout(MpiExecutor mpi, TaskReport report) throws IOException {
    var range = report.outcome().stdout();
    byte[] all = Files.readAllBytes(mpi.executor().runDirectory().resolve(range.file()));
    return new String(all, (int) range.offset(), (int) range.length()).strip();
  }

  @Test
  void tasksHaveNodesOfTheirOwn_asManyAtOnceAsTheBlockMayRun_andParslsPrefixes() throws Exception {
    try (MpiExecutor mpi =
        MpiExecutor.start(builder(4, "mpi.max-workers-per-block=3", "mpi.launcher=srun"))) {
      Shell command =
          Shell.line(
              "echo begin $DROVER_TASK_ID $PARSL_MPI_NODELIST >>log; sleep 0.2;"
                  + " echo end $DROVER_TASK_ID $PARSL_MPI_NODELIST >>log; echo $PARSL_MPI_PREFIX");
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      int[] nodes = {2, 1, 4, 1, 3, 2, 1, 2};
      for (int count : nodes) {
        futures.add(
            mpi.run(
                command,
                Map.of("num_nodes", Integer.toString(count), "num_ranks", 3 * count + "")));
      }
      for (int i = 0; i < nodes.length; i++) {
        assertThat(stdout(mpi, TestRun.get(futures.get(i))))
            .matches(
                "srun --ntasks %d --ntasks-per-node 3 --nodelist (node[1-4],?){%d} --nodes %d"
                    .formatted(3 * nodes[i], nodes[i], nodes[i]));
      }
      checkThatNoNodeWasSharedIn(Files.readAllLines(home.resolve("log")), 4, 3);
      ExecutorStatus status = mpi.executor().status();
      assertThat(status.managers()).hasSize(1);
    }
  }

  /** The launcher takes a place in the list of nodes: one whose nodes are apart would not begin. */
  @Test
  void forIbrun_tasksOfAllSizesHaveNodesThatFollowOneAnother_andTheirPlace() throws Exception {
    try (MpiExecutor mpi =
        MpiExecutor.start(builder(5, "mpi.max-workers-per-block=5", "mpi.launcher=ibrun"))) {
      Shell command =
          Shell.line(
              "echo begin $DROVER_TASK_ID $PARSL_MPI_NODELIST >>log; sleep 0.$((DROVER_TASK_ID % 4));"
                  + " echo end $DROVER_TASK_ID $PARSL_MPI_NODELIST >>log;"
                  + " echo $PARSL_MPI_NODELIST $PARSL_MPI_PREFIX");
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      int[] nodes = {1, 2, 1, 1, 2, 3, 1, 2, 1, 1, 2, 1};
      for (int count : nodes) {
        futures.add(mpi.run(command, MpiRequest.of(count, 4)));
      }
      for (int i = 0; i < nodes.length; i++) {
        String[] said = stdout(mpi, TestRun.get(futures.get(i))).split(" ", 2);
        String[] hosts = said[0].split(",");
        int first = Integer.parseInt(hosts[0].substring("node".length()));
        assertThat(hosts)
            .containsExactly(
                IntStream.range(first, first + nodes[i])
                    .mapToObj(number -> "node" + number)
                    .toArray(String[]::new));
        assertThat(said[1])
            .isEqualTo(
                "env TACC_TASKS_PER_NODE=4 ibrun -n %d -o %d"
                    .formatted(4 * nodes[i], 4 * (first - 1)));
      }
      checkThatNoNodeWasSharedIn(Files.readAllLines(home.resolve("log")), 5, 5);
    }
  }

  private static void checkThatNoNodeWasSharedIn(List<String> log, int nodes, int tasksAtOnce) {
    Map<String, String> owners = new HashMap<>();
    TreeSet<String> running = new TreeSet<>();
    int most = 0;
    for (String line : log) {
      String[] words = line.split(" ");
      for (String node : words[2].split(",")) {
        if (words[0].equals("begin")) {
          assertThat(owners.put(node, words[1])).as(line).isNull();
        } else {
          assertThat(owners.remove(node)).as(line).isEqualTo(words[1]);
        }
      }
      if (words[0].equals("begin")) {
        running.add(words[1]);
      } else {
        running.remove(words[1]);
      }
      most = Math.max(most, running.size());
    }
    assertThat(owners).isEmpty();
    assertThat(most).isBetween(2, Math.min(nodes, tasksAtOnce));
  }

  @Test
  void whatCanNeverRun_isRefusedWhenItIsSubmitted_allAtOnce() throws Exception {
    try (MpiExecutor mpi = MpiExecutor.start(builder(2, "provider.init-blocks=0"))) {
      Shell command = Shell.line("true");
      assertThatThrownBy(() -> mpi.run(command, Map.of()))
          .hasMessageContaining("needs a specification");
      assertThatThrownBy(
              () ->
                  mpi.run(
                      command, Map.of("num_nodes", "2", "ranks_per_node", "4", "num_ranks", "9")))
          .hasMessageContaining("num_nodes=2, ranks_per_node=4, num_ranks=9");
      assertThatThrownBy(() -> mpi.run(command, Map.of("nodes", "2", "ranks", "x")))
          .hasMessageContaining("unknown nodes, ranks")
          .hasMessageContaining("known: num_nodes");
      assertThatThrownBy(() -> mpi.run(command, MpiRequest.of(3, 4)))
          .hasMessageContaining("num_nodes=3, ranks_per_node=4, num_ranks=12")
          .hasMessageContaining("a block has 2");
      List<TaskBatch> batches = new ArrayList<>();
      for (ResourceRequest request :
          List.of(
              new ResourceRequest(0, 0, 0, 2, 4),
              new ResourceRequest(0, 0, 0, 9, 1),
              new ResourceRequest(4, 0, 0, 1, 1),
              ResourceRequest.ONE_SLOT)) {
        batches.add(
            TaskBatch.single(
                new TaskSpec("", command, request, Duration.ZERO),
                TaskOptions.DEFAULT,
                report -> {}));
      }
      assertThatThrownBy(() -> mpi.submit(batches))
          .hasMessageContaining("task 2: an MPI task asks for 9 nodes")
          .hasMessageContaining("task 3: it asks for cores=4 nodes=1 ranks_per_node=1")
          .hasMessageContaining("task 4: an MPI task needs a specification")
          .hasMessageNotContaining("task 1:");
      assertThat(mpi.executor().outstanding()).isZero();
      // A front end that does not judge for itself has the interchange's word.
      TaskReport refused = TestRun.failure(mpi.executor().run(command)).report();
      assertThat(refused.outcome().ending()).isEqualTo(Ending.REFUSED);
      assertThat(refused.outcome().message()).contains("needs a specification");
    }
  }

  @Test
  void aBlockThatHasLaunchedAsManyAsItMay_isGivenBack_andTheNextGoesOn() throws Exception {
    try (MpiExecutor mpi = MpiExecutor.start(builder(2, "mpi.max-launches-per-block=2"))) {
      List<TaskFuture<TaskReport>> futures = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        futures.add(mpi.run(Shell.line("true"), MpiRequest.of(1, 1)));
      }
      Map<String, Long> tasksOf = new HashMap<>();
      for (TaskFuture<TaskReport> future : futures) {
        tasksOf.merge(TestRun.get(future).block(), 1L, Long::sum);
      }
      assertThat(tasksOf)
          .containsOnly(Map.entry("b-0001", 2L), Map.entry("b-0002", 2L), Map.entry("b-0003", 1L));
    }
  }

  @Test
  void aManagerThatIsKilled_losesNoTask_andBurnsNoRetry() throws Exception {
    try (MpiExecutor mpi =
        MpiExecutor.start(builder(3, "mpi.max-workers-per-block=2", "provider.max-blocks=1"))) {
      Shell command =
          Shell.line("echo x >>begun-$DROVER_TASK_ID; until [ -e go ]; do sleep 0.05; done");
      TaskFuture<TaskReport> large = mpi.run(command, MpiRequest.of(2, 1));
      TaskFuture<TaskReport> small = mpi.run(command, MpiRequest.of(1, 1));
      await().atMost(TestRun.PATIENCE).until(() -> areBegun(2));
      Processes.managers(home).get(0).signal("KILL");
      await()
          .atMost(TestRun.PATIENCE)
          .until(
              () -> {
                for (Path file : begun()) {
                  if (Files.readAllLines(file).size() < 2) {
                    return false;
                  }
                }
                return true;
              });
      Files.createFile(home.resolve("go"));
      for (TaskFuture<TaskReport> future : List.of(large, small)) {
        TaskReport report = TestRun.get(future);
        assertThat(report.lostAttempts()).isEqualTo(1);
        assertThat(report.outcome().attempt()).isEqualTo(2);
        assertThat(report.block()).isNotEqualTo("b-0001");
      }
    }
  }

  /** A function starts its ranks itself; here they are a child, and a daemon that it leaves. */
  private static long leaveProcesses() throws Exception {
    new ProcessBuilder("bash", "-c", "echo $$ >child; exec sleep 1000").start();
    new ProcessBuilder(
            "bash",
            "-c",
            "setsid -f bash -c 'echo $$ >daemon; exec sleep 1000'; until [ -s daemon ] && [ -s child ]; do sleep 0.05; done")
        .start()
        .waitFor();
    return ProcessHandle.current().pid();
  }

  @Test
  void whatAFunctionWithRanksLeaves_isGoneWhenItsResultIsThere_andItsWorkerJvmLivesOn()
      throws Exception {
    try (MpiExecutor mpi = MpiExecutor.start(builder(2))) {
      long jvm = TestRun.get(mpi.call(index -> leaveProcesses(), MpiRequest.of(2, 1)));

      for (String file : List.of("child", "daemon")) {
        long pid = Long.parseLong(Files.readString(home.resolve(file)).strip());
        assertThat(Processes.isAlive(pid)).as(file).isFalse();
      }
      long next =
          TestRun.get(mpi.call(index -> ProcessHandle.current().pid(), MpiRequest.of(2, 1)));
      assertThat(next).isEqualTo(jvm);
    }
  }

  @Test
  void whatAFunctionWithRanksLeaves_isGone_alsoWhenItEndsItsWorkerJvm() throws Exception {
    try (MpiExecutor mpi = MpiExecutor.start(builder(2))) {
      RemoteCall<Integer> exits =
          index -> {
            leaveProcesses();
            System.exit(3);
            return 0;
          };
      assertThat(TestRun.failure(mpi.call(exits, MpiRequest.of(2, 1))))
          .hasMessageContaining("exit code 3");
      for (String file : List.of("child", "daemon")) {
        long pid = Long.parseLong(Files.readString(home.resolve(file)).strip());
        assertThat(Processes.isAlive(pid)).as(file).isFalse();
      }
    }
  }

  /** A file is there a moment before what is written to it. */
  private boolean areBegun(int tasks) throws IOException {
    List<Path> begun = begun();
    for (Path file : begun) {
      if (Files.size(file) == 0) {
        return false;
      }
    }
    return begun.size() == tasks;
  }

  private List<Path> begun() throws IOException {
    try (var files = Files.list(home)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("begun-"))
          .collect(Collectors.toList());
    }
  }

  @Test
  void anotherExecutorsSite_isRefused_withTheMend() {
    assertThatThrownBy(() -> MpiExecutor.start(HighThroughputExecutor.onSite("local").runsIn(home)))
        .hasMessageContaining("executor.type = htex")
        .hasMessageContaining("fix: set executor.type = mpi and launcher.type = simple");
  }

  /** On one node: slots, ranks on some of its slots, and the whole of it, from one queue. */
  @Test
  void mixedShapes_areSideBySide_whereManagersStandForTheirOwnNode() throws Exception {
    try (TestRun run =
        TestRun.start(home, "worker.max-per-node=4", "worker.cores-per-worker=0.1")) {
      Shell command =
          Shell.line("sleep 0.1; echo ${PARSL_NUM_RANKS:-none} ${PARSL_RANKS_PER_NODE:-none}");
      Map<TaskFuture<TaskReport>, String> expected = new HashMap<>();
      for (int i = 0; i < 6; i++) {
        expected.put(run.line(command.argv().get(0)), "none none");
        expected.put(
            run.executor.run(
                new TaskSpec("", command, new ResourceRequest(0, 0, 0, 0, 2), Duration.ZERO),
                TaskOptions.DEFAULT),
            "2 2");
      }
      expected.put(run.executor.run(command, MpiRequest.of(1, 4)), "4 4");
      for (Map.Entry<TaskFuture<TaskReport>, String> each : expected.entrySet()) {
        assertThat(run.stdout(TestRun.get(each.getKey())).strip()).isEqualTo(each.getValue());
      }
    }
  }
}
