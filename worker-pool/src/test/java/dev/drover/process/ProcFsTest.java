package dev.drover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a node's processes; the files are made here, as a kernel writes them. */
class ProcFsTest {
  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  private void process(long pid, long startTicks) throws IOException {
    write(
        pid + "/stat",
        "%d (a (b) c) S 1 %d %d 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 %d 0 0 0\n"
            .formatted(pid, pid, pid, startTicks));
  }

  private List<Long> since(long pid, long startTicks) {
    return new ProcFs(root)
        .processesSince(pid, startTicks).stream().map(ProcFs.Stat::pid).sorted().toList();
  }

  private void node(String uptime, long lastPid, long mostPids) throws IOException {
    write("uptime", uptime + " 99.00\n");
    write("loadavg", "0.20 0.18 0.12 1/80 " + lastPid + "\n");
    write("sys/kernel/pid_max", mostPids + "\n");
    process(5, 100);
    process(70, 5_000); // no kernel shows it so: it tells whether the file was read at all
    process(300, 4_000);
    process(400, 4_001);
  }

  @Test
  void ofAYoungTask_onlyProcessesWithHigherPidsAreLookedAt() throws IOException {
    node("42.00", 400, 4_194_304);
    assertThat(since(300, 4_000)).containsExactly(300L, 400L);
    assertThat(since(350, 4_001)).containsExactly(400L);
  }

  @Test
  void whereThePidsHaveBegunAnew_orMayHave_allAreLookedAt() throws IOException {
    node("42.00", 299, 4_194_304);
    assertThat(since(300, 4_000)).as("begun anew").containsExactly(70L, 300L, 400L);
    node("42.00", 400, 32_768);
    assertThat(since(300, 4_000)).as("few pids").containsExactly(70L, 300L, 400L);
    node("9000.00", 400, 4_194_304);
    assertThat(since(300, 4_000)).as("long ago").containsExactly(70L, 300L, 400L);
    assertThat(since(300, 0)).as("not known").containsExactly(5L, 70L, 300L, 400L);
    Files.delete(root.resolve("uptime"));
    assertThat(since(300, 4_000)).as("no clock").containsExactly(70L, 300L, 400L);
  }

  @Test
  void anEnvironmentOfAnySizeIsReadWhole() throws IOException {
    String large = "A=" + "x".repeat(200_000) + "\0DROVER_TASK=pool/1/1\0B=2\0";
    write("8/environ", large);
    ProcFs proc = new ProcFs(root);
    assertThat(proc.environEntries(8, "DROVER_TASK")).containsExactly("DROVER_TASK=pool/1/1");
    assertThat(proc.environEntries(8, "B")).containsExactly("B=2");
    assertThat(proc.environEntries(8, "DROVER")).isEmpty();
    assertThat(proc.environEntries(9, "B")).isEmpty();
  }
}
