package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The shipped site files of Aurora on a PBS in the tests: the job scripts are the real ones, and so
 * are managers and ranks.
 */
class AuroraOnPbsRealTest extends PalsOnPbsTest {
  @BeforeEach
  void programs() throws Exception {
    Files.createDirectory(home.resolve("up"));
    AuroraShape.writePrograms(home);
  }

  /** The shipped one, with what each user sets and a scheduler that is asked more often. */
  private void site(String shipped, List<String> lines) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "site.name = my-aurora",
                "site.extends = " + shipped,
                "provider.account = MyProject",
                "provider.poll-period = 1s",
                "provider.submit-interval = 0",
                "executor.address = 127.0.0.1"));
    all.addAll(lines);
    drover.write("my.properties", all.toArray(String[]::new));
  }

  private Drover.Ended run(String tasks) {
    return drover.run("run", "--site", "./my.properties", "--run-dir", "r", tasks).exits(0);
  }

  private String resources(int job) throws IOException {
    return Files.readString(
        state.resolve("jobs").resolve(Integer.toString(job)).resolve("resources"));
  }

  @Test
  void twelveTasksOnANode_eachHaveATileOfTheirOwn_andTheCpusBesideIt() throws Exception {
    List<String> lines = new ArrayList<>(AuroraShape.tileWorkers());
    lines.add("provider.nodes-per-block = 2");
    lines.add("node.reserved-cpus ="); // this machine's cpu 0 is nobody's own
    site("aurora-single-tile", lines);
    drover.write("tasks.txt", AuroraShape.tileTasks(2));
    run("tasks.txt").says("all 24 tasks done");
    AuroraShape.checkTiles(home, nodes.subList(0, 2));
    assertThat(resources(101))
        .contains("select=2:ncpus=208", "filesystems=home:flare", "place=scatter");
  }

  @Test
  void fiveTasksOfTwoNodes_runAtOnceInTenNodes_withTwelveRanksOnEach() throws Exception {
    site("aurora-mpi", List.of());
    drover.write(
        "ensemble.jsonl",
        AuroraShape.pairTasks(7, "--cpu-bind " + AuroraShape.CPU_BIND + " ", "", 5));
    run("ensemble.jsonl").says("all 7 tasks done");
    AuroraShape.checkPairs(
        home, 7, "mpiexec -n 24 -ppn 12 -hosts %s", AuroraShape.boundCpus(), Set.copyOf(nodes), 5);
    assertThat(resources(101)).contains("select=10:ncpus=208");
    assertThat(state.resolve("jobs/102")).doesNotExist();
  }
}
