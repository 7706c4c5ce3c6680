package dev.drover.node;

import dev.drover.pinning.CpuSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

/**
 * Finds out what this process may use of its node, after affinity, control groups and the user's
 * own word.
 *
 * <p>{@link #capacity} reads a few small files. {@link #physicalCores} and {@link #cpuModel} ask
 * OSHI, which takes a noticeable part of a second the first time, so only a report should. Any
 * thread may call.
 */
public final class NodeProbe {
  /** The user's word for the number of cores: a whole number, at least 1. */
  public static final String CORES_VARIABLE = "PARSL_CORES";

  /** The user's word for the memory, in GiB: a number above 0. */
  public static final String MEMORY_VARIABLE = "PARSL_MEMORY_GB";

  private static final double GIB = 1L << 30;

  private final Path proc;
  private final Path cgroups;
  private final Map<String, String> environment;

  /**
   * A probe of a node whose kernel shows itself in these directories.
   *
   * @param proc normally {@code /proc}
   * @param cgroups normally {@code /sys/fs/cgroup}
   * @param environment where the user's overrides are looked up
   */
  public NodeProbe(Path proc, Path cgroups, Map<String, String> environment) {
    this.proc = proc;
    this.cgroups = cgroups;
    this.environment = Map.copyOf(environment);
  }

  /** A probe of the node that this process runs on. */
  public static NodeProbe ofThisNode() {
    return new NodeProbe(Path.of("/proc"), Path.of("/sys/fs/cgroup"), System.getenv());
  }

  /**
   * What this process may use now.
   *
   * <p>Cores are the cpus of its affinity mask, lowered to its cgroups' cpu quota: rounded down,
   * since a worker more than the quota makes all of them stall, but at least 1. Memory is what the
   * kernel calls available, lowered to what is left below the limit of any cgroup around it.
   *
   * @throws IllegalArgumentException when an override is not a number that makes sense
   */
  public NodeCapacity capacity() {
    Cgroups groups = new Cgroups(proc, cgroups);
    CpuSet cpus = CpuSet.parse(status("Cpus_allowed_list:"));
    int cores = cpus.size();
    String coresFrom = "the affinity mask " + cpus;
    OptionalDouble quota = groups.cpuQuota();
    if (quota.isPresent() && Math.floor(quota.getAsDouble()) < cores) {
      cores = Math.max(1, (int) quota.getAsDouble());
      coresFrom = "the cgroup's cpu quota of " + quota.getAsDouble();
    }
    String asked = environment.get(CORES_VARIABLE);
    if (asked != null) {
      cores = coresAsked(asked);
      coresFrom = CORES_VARIABLE + "=" + asked;
    }

    long memory = availableBytes();
    String memoryFrom = "MemAvailable of the node";
    OptionalLong left = groups.memoryLeft();
    if (left.isPresent() && left.getAsLong() < memory) {
      memory = left.getAsLong();
      memoryFrom = "what is left below the cgroup's memory limit";
    }
    asked = environment.get(MEMORY_VARIABLE);
    if (asked != null) {
      memory = memoryAsked(asked);
      memoryFrom = MEMORY_VARIABLE + "=" + asked;
    }
    return new NodeCapacity(hostname(), cpus, cores, coresFrom, memory, memoryFrom);
  }

  /** The node's name, as the kernel has it. */
  public String hostname() {
    return first(Cgroups.lines(proc.resolve("sys/kernel/hostname")), "sys/kernel/hostname").strip();
  }

  /**
   * How many processes of this one's cgroup the kernel has killed for want of memory so far; empty
   * when it does not count them. A task that died of KILL while this grew was killed for that.
   */
  public OptionalLong oomKills() {
    return new Cgroups(proc, cgroups).oomKills();
  }

  /** The machine's physical cores, whoever may use them. Slow the first time. */
  public int physicalCores() {
    return Oshi.PROCESSOR.getPhysicalProcessorCount();
  }

  /** The processor's name as its maker gives it. Slow the first time. */
  public String cpuModel() {
    return Oshi.PROCESSOR.getProcessorIdentifier().getName();
  }

  private String status(String field) {
    List<String> lines =
        Cgroups.lines(proc.resolve("self/status")).stream()
            .filter(line -> line.startsWith(field))
            .toList();
    return first(lines, "self/status, " + field).substring(field.length());
  }

  /** MemAvailable; on kernels before 3.14 what comes near to it. */
  private long availableBytes() {
    List<String> meminfo = Cgroups.lines(proc.resolve("meminfo"));
    long available = kibibytes(meminfo, "MemAvailable:");
    if (available < 0) {
      available = kibibytes(meminfo, "MemFree:") + Math.max(0, kibibytes(meminfo, "Cached:"));
    }
    if (available < 0) {
      throw unreadable("meminfo");
    }
    return available * 1024;
  }

  private static long kibibytes(List<String> meminfo, String field) {
    return meminfo.stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(-1);
  }

  private String first(List<String> lines, String what) {
    if (lines.isEmpty()) {
      throw unreadable(what);
    }
    return lines.get(0);
  }

  private IllegalStateException unreadable(String what) {
    return new IllegalStateException(
        "cannot read "
            + what
            + " in "
            + proc
            + ": the worker pool runs on Linux only, and needs its /proc mounted");
  }

  private static int coresAsked(String text) {
    if (text.matches("[0-9]{1,6}") && Integer.parseInt(text) >= 1) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException(
        CORES_VARIABLE
            + "=\""
            + text
            + "\" is not a number of cores\n  fix: set it to a whole number from 1, or unset it to use the cores that the"
            + " job has");
  }

  private static long memoryAsked(String text) {
    double gib = text.matches("[0-9]+(\\.[0-9]*)?|\\.[0-9]+") ? Double.parseDouble(text) : 0;
    if (gib > 0 && gib < 1e9) {
      return (long) (gib * GIB);
    }
    throw new IllegalArgumentException(
        MEMORY_VARIABLE
            + "=\""
            + text
            + "\" is not an amount of memory\n  fix: set it to GiB above 0, for example 62.5, or unset it to use the memory"
            + " that the job has");
  }

  /** Loaded when first asked for. */
  private static final class Oshi {
    static final CentralProcessor PROCESSOR = new SystemInfo().getHardware().getProcessor();
  }
}
