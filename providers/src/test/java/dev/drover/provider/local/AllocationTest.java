package dev.drover.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.drover.headnode.LocalHeadNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationTest {
  @TempDir Path folder;

  private static Optional<Allocation> in(Map<String, String> environment) throws IOException {
    return Allocation.of(environment, new LocalHeadNode());
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("hosts"), text).toString();
  }

  @Test
  void outsideOfAJob_thereIsNone() throws Exception {
    assertThat(in(Map.of("HOME", "/root", "PBS_NODEFILE", ""))).isEmpty();
  }

  @Test
  void slurm_tellsTheNumber() throws Exception {
    assertThat(in(Map.of("SLURM_JOB_NUM_NODES", "17"))).contains(new Allocation("Slurm", 17));
  }

  @Test
  void pbs_countsEachHostOnce_howeverManyRanksItHas() throws Exception {
    String hosts = file("n1.lab\nn1.lab\nn2.lab\nn2.lab\n\n");
    assertThat(in(Map.of("PBS_NODEFILE", hosts))).contains(new Allocation("PBS", 2));
  }

  @Test
  void lsf_leavesOutTheBatchNode() throws Exception {
    String hosts = file("batch5\na01n01\na01n01\na01n02\n");
    assertThat(in(Map.of("LSB_DJOB_HOSTFILE", hosts))).contains(new Allocation("LSF", 2));
    assertThat(in(Map.of("LSB_HOSTS", "h1 h1 h2"))).contains(new Allocation("LSF", 2));
    assertThat(in(Map.of("LSB_HOSTS", "h1 h1"))).contains(new Allocation("LSF", 1));
  }

  @Test
  void gridEngine_hasALineForEachHost() throws Exception {
    String hosts = file("n1 4 all.q@n1 UNDEFINED\nn2 4 all.q@n2 UNDEFINED\n");
    assertThat(in(Map.of("PE_HOSTFILE", hosts))).contains(new Allocation("Grid Engine", 2));
  }

  @Test
  void aJobWhoseNodesCannotBeTold_isAnError_andNotOneNode() throws Exception {
    assertThatIOException()
        .isThrownBy(() -> in(Map.of("SLURM_JOB_NUM_NODES", "many")))
        .withMessageContaining("SLURM_JOB_NUM_NODES");
    assertThatIOException()
        .isThrownBy(() -> in(Map.of("PBS_NODEFILE", file(""))))
        .withMessageContaining("names no host");
  }
}
