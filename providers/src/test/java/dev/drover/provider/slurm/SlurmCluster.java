package dev.drover.provider.slurm;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FreePorts;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.provider.CountingHeadNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A real Slurm on this machine, as {@code src/test/clusters/slurm} starts it, in a directory and on
 * ports of its own, gone when this JVM is gone. One of four nodes is for all tests of the JVM.
 */
public final class SlurmCluster implements AutoCloseable {
  /** Beside this module, and beside the ones whose tests borrow the cluster. */
  private static final Path SCRIPT =
      Path.of("../providers/src/test/clusters/slurm").toAbsolutePath().normalize();

  private static final int NODES = 4;
  private static final List<String> PROGRAMS =
      List.of("slurmctld", "slurmd", "sbatch", "squeue", "munged");

  private static SlurmCluster shared;
  private static int started;

  private final Path directory;

  private SlurmCluster(Path directory) {
    this.directory = directory;
  }

  /**
   * The cluster of all tests, started when it is first asked for.
   *
   * @throws TestAbortedException where none can be, which is also printed
   */
  public static synchronized SlurmCluster shared() {
    if (shared == null) {
      shared = start(NODES);
    }
    return shared;
  }

  /**
   * A cluster of the caller's own.
   *
   * @param options of the script
   * @throws TestAbortedException where none can be, which is also printed
   */
  public static synchronized SlurmCluster start(int nodes, String... options) {
    String reason = whyNot();
    if (!reason.isEmpty()) {
      System.out.println("SKIPPED: " + reason + ", so nothing was tested against a real Slurm");
      throw new TestAbortedException(reason);
    }
    String pid = Long.toString(ProcessHandle.current().pid());
    // Short, since sockets lie in it.
    SlurmCluster cluster = new SlurmCluster(Path.of("/tmp/drover-slurm-" + pid + "-" + ++started));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "slurm-down"));
    List<String> up = new ArrayList<>(List.of("up", "" + nodes));
    up.addAll(List.of("--port", "" + FreePorts.first(nodes + 1), "--while", pid));
    up.addAll(List.of(options));
    cluster.script(up.toArray(String[]::new));
    return cluster;
  }

  /** Empty if a cluster can be started here. */
  private static String whyNot() {
    List<String> missing =
        PROGRAMS.stream().filter(program -> !run(List.of("which", program)).succeeded()).toList();
    if (!missing.isEmpty()) {
      return "not installed: "
          + String.join(", ", missing)
          + " (Debian: slurmctld slurmd slurm-client munge)";
    }
    return "0".equals(run(List.of("id", "-u")).stdout().strip())
        ? ""
        : "a test cluster needs to be started by root";
  }

  /** Faults, as the script names them: {@code ctl("crash-node", "node3")}. */
  public void ctl(String... words) {
    List<String> arguments = new ArrayList<>(List.of("ctl"));
    arguments.addAll(List.of(words));
    script(arguments.toArray(String[]::new));
  }

  /** Runs one of Slurm's commands, which must succeed, and returns what it printed. */
  public String slurm(String... argv) {
    List<String> words = new ArrayList<>(List.of("env", "SLURM_CONF=" + configuration()));
    words.addAll(List.of(argv));
    return succeed(words).stdout().strip();
  }

  /** What clients need in their environment as {@code SLURM_CONF}. */
  public Path configuration() {
    return directory.resolve("slurm.conf");
  }

  /** This machine as the cluster's head node, with more variables as {@code NAME=value}. */
  public CountingHeadNode headNode(String... environment) {
    List<String> variables = new ArrayList<>(List.of("SLURM_CONF=" + configuration()));
    variables.addAll(List.of(environment));
    return new CountingHeadNode(variables.toArray(String[]::new));
  }

  @Override
  public void close() {
    script("down", "--purge");
  }

  private void script(String... words) {
    List<String> argv = new ArrayList<>(List.of(SCRIPT.toString()));
    argv.addAll(List.of(words));
    argv.addAll(List.of("--dir", directory.toString()));
    succeed(argv);
  }

  private static CommandResult succeed(List<String> argv) {
    CommandResult result = run(argv);
    if (!result.succeeded()) {
      throw new IllegalStateException(argv + ": " + result);
    }
    return result;
  }

  private static CommandResult run(List<String> argv) {
    try {
      return new LocalHeadNode().run(Command.of(Duration.ofMinutes(5), argv));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
