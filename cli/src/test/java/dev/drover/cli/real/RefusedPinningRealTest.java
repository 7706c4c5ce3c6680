package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Managers to which the kernel refuses the pinning of their workers. */
class RefusedPinningRealTest extends RealTest {
  private final CpuSet cpus = CpuAffinity.ofCallingThread();

  @Test
  void aRefusedPinning_isToldTheUserOnce_andTheTasksRunAnywhere_andAreToldOfNoCpus()
      throws Exception {
    SkipAloud.unless(
        canBeRefused(), "one cpu, or a kernel without seccomp filters, so no pinning was refused");
    Path launch =
        drover.write(
            "without-affinity", "exec " + ShellQuoting.quoteAll(withoutAffinity()) + " \"$@\"");
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--set",
            "worker.max-per-node=2",
            "--set",
            "worker.cpu-affinity=block",
            "--set",
            "worker.available-accelerators=2",
            "--set",
            "provider.init-blocks=2",
            "--set",
            "provider.max-blocks=2",
            "--set",
            "executor.prefetch=0",
            "--set",
            "executor.launch-command=/bin/sh " + launch + " {command}",
            "--",
            "env > env-{}; cat /proc/self/status > status-{}; touch at-{}; until [ -e go ]; do sleep 0.1; done",
            ":::",
            "1",
            "2",
            "3",
            "4");
    for (int task = 1; task <= 4; task++) {
      Drover.awaitFile(home.resolve("at-" + task));
      assertThat(Files.readAllLines(home.resolve("status-" + task)))
          .contains("Cpus_allowed_list:\t" + cpus);
      assertThat(Files.readAllLines(home.resolve("env-" + task)))
          .noneMatch(line -> line.startsWith("GOMP_CPU_AFFINITY=") || line.startsWith("KMP_"))
          .filteredOn(line -> line.startsWith("ROCR_VISIBLE_DEVICES="))
          .hasSize(1);
    }

    String refused =
        "the system refuses to pin workers 0-1 (worker.cpu-affinity = block): cannot set the thread's affinity mask to ";
    assertThat(drover.run("explain", "r").exits(0).out())
        .contains(
            "2 tasks, active, pinned block: 0 on any cpu; 1 on any cpu", "at 2 managers " + refused)
        .containsOnlyOnce("fix:     let the processes of a job set their affinity");
    assertThat(drover.run("explain", "r", "1").exits(0).out())
        .contains("the workers there are pinned block: 0 on any cpu; 1 on any cpu");
    Files.createFile(home.resolve("go"));
    Drover.Ended end = run.end().exits(0);
    assertThat(end.err())
        .containsOnlyOnce(refused)
        .contains("which are not told of again")
        .contains("instead: their tasks run wherever the manager may, and are told of no cpus")
        .contains("fix:     let the processes of a job set their affinity");
    assertThat(Drover.text(home.resolve("r/drover.log")))
        .contains("joined with 2 slots, pinned block: 0 on any cpu; 1 on any cpu");
  }

  private List<String> withoutAffinity() {
    return List.of(
        System.getProperty("java.home") + "/bin/java",
        "-cp",
        System.getProperty("java.class.path"),
        WithoutAffinity.class.getName());
  }

  private boolean canBeRefused() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(withoutAffinity());
    command.add("/bin/true");
    return cpus.size() >= 2 && new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
