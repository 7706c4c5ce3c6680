package dev.drover.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.pinning.CpuAffinity;
import dev.drover.pinning.CpuSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeProbeTest {
  private static final long GIB = 1L << 30;
  @TempDir Path tree;

  @BeforeEach
  void anEightCoreNodeWith32GibAndNoCgroups() {
    file("proc/self/status", "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n");
    file("proc/meminfo", "MemTotal: 67108864 kB\nMemFree: 1 kB\nMemAvailable:   33554432 kB\n");
    file("proc/sys/kernel/hostname", "node042\n");
  }

  private void file(String name, String text) {
    try {
      Files.createDirectories(tree.resolve(name).getParent());
      Files.writeString(tree.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NodeProbe probe(Map<String, String> environment) {
    return new NodeProbe(tree.resolve("proc"), tree.resolve("cgroup"), environment);
  }

  private NodeCapacity capacity() {
    return probe(Map.of()).capacity();
  }

  @Test
  void capacity_isTheAffinityMaskAndMemAvailable_withoutCgroups() {
    assertThat(capacity())
        .isEqualTo(
            new NodeCapacity(
                "node042",
                CpuSet.parse("0-7"),
                8,
                "the affinity mask 0-7",
                32 * GIB,
                "MemAvailable of the node"));
    assertThat(probe(Map.of()).oomKills()).isEmpty();
  }

  @Test
  void capacity_takesTheTightestLimitOnTheWayUp_ofVersion2() {
    file("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
    file("cgroup/slurm/job_7/step_0/cpu.max", "max 100000\n");
    file("cgroup/slurm/job_7/cpu.max", "350000 100000\n");
    file("cgroup/slurm/cpu.max", "600000 100000\n");
    file("cgroup/slurm/job_7/step_0/memory.max", "max\n");
    file("cgroup/slurm/job_7/memory.max", Long.toString(16 * GIB));
    file("cgroup/slurm/job_7/memory.current", Long.toString(6 * GIB));
    file("cgroup/slurm/job_7/memory.stat", "anon 1\ninactive_file " + 2 * GIB + "\n");
    file("cgroup/slurm/job_7/step_0/memory.events", "low 0\noom 3\noom_kill 2\n");
    file("cgroup/slurm/job_7/memory.events", "oom_kill 9\n");

    NodeCapacity capacity = capacity();

    assertThat(capacity.cores()).isEqualTo(3);
    assertThat(capacity.coresFrom()).isEqualTo("the cgroup's cpu quota of 3.5");
    assertThat(capacity.memoryBytes()).isEqualTo(12 * GIB);
    assertThat(capacity.memoryFrom()).contains("cgroup");
    assertThat(probe(Map.of()).oomKills()).hasValue(2);
  }

  @Test
  void capacity_takesTheTightestLimitOnTheWayUp_ofVersion1() {
    file("proc/self/cgroup", "5:memory:/pbs/42\n4:cpu,cpuacct:/pbs/42\n0::/\n");
    file("cgroup/cpu,cpuacct/pbs/42/cpu.cfs_quota_us", "-1\n");
    file("cgroup/cpu,cpuacct/pbs/42/cpu.cfs_period_us", "100000\n");
    file("cgroup/cpu,cpuacct/pbs/cpu.cfs_quota_us", "50000\n");
    file("cgroup/cpu,cpuacct/pbs/cpu.cfs_period_us", "100000\n");
    file("cgroup/memory/pbs/42/memory.limit_in_bytes", Long.toString(4 * GIB));
    file("cgroup/memory/pbs/42/memory.usage_in_bytes", Long.toString(5 * GIB));
    file("cgroup/memory/pbs/42/memory.stat", "cache 9\ntotal_inactive_file " + 2 * GIB + "\n");
    file("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    file(
        "cgroup/memory/pbs/42/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");

    assertThat(capacity().cores()).isEqualTo(1);
    assertThat(capacity().memoryBytes()).isEqualTo(1 * GIB);
    assertThat(probe(Map.of()).oomKills()).hasValue(4);
  }

  @Test
  void capacity_findsTheLimit_whenAContainerShowsItsCgroupAtTheRoot() {
    file("proc/self/cgroup", "0::/docker/0123\n");
    file("cgroup/cpu.max", "200000 100000\n");
    file("cgroup/memory.max", Long.toString(GIB));
    file("cgroup/memory.current", "0");

    assertThat(capacity().cores()).isEqualTo(2);
    assertThat(capacity().memoryBytes()).isEqualTo(GIB);
  }

  @Test
  void capacity_isWhatTheUserSays_whenOverridden() {
    NodeCapacity capacity = probe(Map.of("PARSL_CORES", "12", "PARSL_MEMORY_GB", "1.5")).capacity();

    assertThat(capacity.cores()).isEqualTo(12);
    assertThat(capacity.coresFrom()).isEqualTo("PARSL_CORES=12");
    assertThat(capacity.memoryBytes()).isEqualTo(3 * GIB / 2);
    assertThat(capacity.memoryFrom()).isEqualTo("PARSL_MEMORY_GB=1.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "many", "1e99", "NaN", "0x10"})
  void capacity_namesTheVariable_whenAnOverrideIsWrong(String bad) {
    for (String variable : new String[] {"PARSL_CORES", "PARSL_MEMORY_GB"}) {
      assertThatThrownBy(() -> probe(Map.of(variable, bad)).capacity())
          .hasMessageContaining(variable + "=\"" + bad + "\"")
          .hasMessageContaining("fix: set it to");
    }
  }

  @Test
  void capacity_saysWhatItNeeds_whenThereIsNoProc() {
    assertThatThrownBy(() -> new NodeProbe(tree, tree, Map.of()).capacity())
        .hasMessageContaining("self/status")
        .hasMessageContaining("Linux only");
  }

  @Test
  void thisNode_isProbed() {
    NodeProbe probe = NodeProbe.ofThisNode();
    NodeCapacity capacity = probe.capacity();

    assertThat(capacity.cpus()).isEqualTo(CpuAffinity.ofCallingThread());
    assertThat(capacity.memoryBytes()).isPositive();
    assertThat(capacity.hostname()).isNotBlank();
    assertThat(probe.physicalCores()).isPositive();
    assertThat(probe.cpuModel()).isNotBlank();
  }
}
