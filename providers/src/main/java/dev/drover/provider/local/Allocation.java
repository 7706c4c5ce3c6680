package dev.drover.provider.local;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The batch job that this process runs in, as its environment tells: local blocks with a launcher
 * that spreads use all its nodes.
 *
 * @param scheduler that gave it, as messages call it
 * @param nodes one or more
 */
public record Allocation(String scheduler, int nodes) {
  /** What is looked at, for a message that says that nothing was found. */
  public static final String WHERE =
      "FLUX_URI, PBS_NODEFILE, SLURM_JOB_NUM_NODES, LSB_DJOB_HOSTFILE, LSB_HOSTS, PE_HOSTFILE";

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * The job around this process; empty if there is none.
   *
   * @throws IOException if there is one, and its nodes cannot be told
   */
  public static Optional<Allocation> of(Map<String, String> environment, HeadNode headNode)
      throws IOException {
    // In the launchers' order: a Flux instance may live inside a job of another scheduler.
    if (value(environment, "FLUX_URI").isPresent()) {
      return Optional.of(new Allocation("Flux", fluxNodes(headNode)));
    }
    Optional<String> pbs = value(environment, "PBS_NODEFILE");
    if (pbs.isPresent()) {
      return Optional.of(new Allocation("PBS", hosts(Path.of(pbs.get())).size()));
    }
    Optional<String> slurm = value(environment, "SLURM_JOB_NUM_NODES");
    if (slurm.isPresent()) {
      return Optional.of(new Allocation("Slurm", number("SLURM_JOB_NUM_NODES", slurm.get())));
    }
    Optional<Allocation> lsf = lsf(environment);
    if (lsf.isPresent()) {
      return lsf;
    }
    Optional<String> gridEngine = value(environment, "PE_HOSTFILE");
    return gridEngine.isPresent()
        ? Optional.of(new Allocation("Grid Engine", hosts(Path.of(gridEngine.get())).size()))
        : Optional.empty();
  }

  /** Its first host runs the batch script, and no task, where it is of a kind of its own. */
  private static Optional<Allocation> lsf(Map<String, String> environment) throws IOException {
    Optional<String> file = value(environment, "LSB_DJOB_HOSTFILE");
    Optional<String> list = value(environment, "LSB_HOSTS");
    if (file.isEmpty() && list.isEmpty()) {
      return Optional.empty();
    }
    Set<String> hosts =
        file.isPresent()
            ? hosts(Path.of(file.get()))
            : new LinkedHashSet<>(List.of(list.get().split("\\s+")));
    boolean launchNode =
        hosts.size() > 1 && hosts.iterator().next().matches("(batch|login|launch).*");
    return Optional.of(new Allocation("LSF", hosts.size() - (launchNode ? 1 : 0)));
  }

  private static int fluxNodes(HeadNode headNode) throws IOException {
    List<String> argv = List.of("flux", "resource", "list", "-s", "up", "-no", "{nnodes}");
    CommandResult result = headNode.run(Command.of(TIMEOUT, argv));
    OptionalInt nodes =
        result
            .stdout()
            .lines()
            .map(String::strip)
            .filter(line -> line.matches("[0-9]{1,9}"))
            .mapToInt(Integer::parseInt)
            .max();
    if (!result.succeeded() || nodes.isEmpty() || nodes.getAsInt() < 1) {
      throw new IOException(
          "FLUX_URI is set, and the instance does not tell its nodes (flux resource list, exit "
              + result.exitCode()
              + "): "
              + result.stderr().strip());
    }
    return nodes.getAsInt();
  }

  /** Each host once: a node file has a line for each rank. */
  private static Set<String> hosts(Path file) throws IOException {
    Set<String> hosts = new LinkedHashSet<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        hosts.add(line.strip().split("\\s+")[0]);
      }
    }
    if (hosts.isEmpty()) {
      throw new IOException("the node file " + file + " names no host");
    }
    return hosts;
  }

  private static int number(String name, String text) throws IOException {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new IOException(name + " is '" + text + "', which is no number of nodes");
    }
    return Integer.parseInt(text);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
  }
}
