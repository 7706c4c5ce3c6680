package dev.drover.mpi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The nodes of the batch job around this process, as its scheduler tells them on the job's first
 * node.
 *
 * @param source where they were read, for messages
 * @param hosts at least one, each once, in the scheduler's order
 */
public record NodeList(String source, List<String> hosts) {
  /** What is looked at, in this order. */
  public static final List<String> VARIABLES =
      List.of(
          "FLUX_URI",
          "PBS_NODEFILE",
          "SLURM_JOB_NODELIST",
          "SLURM_NODELIST",
          "LSB_DJOB_HOSTFILE",
          "LSB_HOSTS",
          "COBALT_NODEFILE");

  public NodeList {
    hosts = List.copyOf(hosts);
  }

  /**
   * The job's nodes. Flux comes first, since a Flux instance often runs inside the job of another
   * scheduler.
   *
   * @throws IOException when the environment names no job, or its nodes cannot be told
   */
  public static NodeList of(Map<String, String> environment, HostCommand command)
      throws IOException {
    for (String variable : VARIABLES) {
      Optional<String> value =
          Optional.ofNullable(environment.get(variable)).filter(text -> !text.isBlank());
      if (value.isPresent()) {
        return read(variable, value.get().strip(), command);
      }
    }
    throw new IOException(
        "MPI tasks need the nodes of a batch job, and the environment tells none: "
            + String.join(", ", VARIABLES)
            + " are not set\n  fix: start inside a batch job, or name a file with one host on each line");
  }

  /**
   * The nodes that a file names, one on each line; what follows the host is left out, and lines
   * that begin with #.
   *
   * @throws IOException when it cannot be read, or names none
   */
  public static NodeList ofFile(Path file) throws IOException {
    return ofFile("the host file " + file, file);
  }

  /**
   * The node that this process is on as its scheduler names it: Slurm knows its nodes by short
   * names that need not be what the kernel says.
   *
   * @param hostname what the kernel says
   */
  public static String ownName(Map<String, String> environment, String hostname) {
    String slurm = environment.getOrDefault("SLURMD_NODENAME", "");
    // A variable of another node, which a launcher carried along, says nothing of this one.
    return hostname.startsWith(slurm + ".") ? slurm : hostname;
  }

  private static NodeList read(String variable, String value, HostCommand command)
      throws IOException {
    return switch (variable) {
      case "FLUX_URI" -> flux(command);
      case "SLURM_JOB_NODELIST", "SLURM_NODELIST" -> slurm(variable, value, command);
      case "LSB_DJOB_HOSTFILE" ->
          withoutLaunchNode(ofFile(variable + " (" + value + ")", Path.of(value)));
      case "LSB_HOSTS" -> withoutLaunchNode(listed(variable, Arrays.asList(value.split("\\s+"))));
      default -> ofFile(variable + " (" + value + ")", Path.of(value));
    };
  }

  /** Where scontrol is missing or its controller does not answer, the list is spelt out here. */
  private static NodeList slurm(String variable, String value, HostCommand command)
      throws IOException {
    String source = variable + " (" + value + ")";
    try {
      String hosts = command.output(List.of("scontrol", "show", "hostnames", value));
      return listed(source, hosts.lines().toList());
    } catch (IOException e) {
      return expanded(source, value, e);
    }
  }

  private static NodeList flux(HostCommand command) throws IOException {
    String list;
    try {
      list = command.output(List.of("flux", "resource", "list", "-s", "up", "-no", "{nodelist}"));
    } catch (IOException e) {
      throw new IOException(
          "FLUX_URI is set, and the Flux instance does not tell its nodes: " + e.getMessage(), e);
    }
    List<String> words = list.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return expanded("the Flux instance", String.join(",", words), null);
  }

  private static NodeList expanded(String source, String list, IOException before)
      throws IOException {
    try {
      return listed(source, HostListText.expand(list));
    } catch (IllegalArgumentException e) {
      IOException failure = new IOException(source + ": " + e.getMessage(), e);
      if (before != null) {
        failure.addSuppressed(before);
      }
      throw failure;
    }
  }

  private static NodeList ofFile(String source, Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IOException(source + " cannot be read on this node: " + e, e);
    }
    return listed(source, lines);
  }

  /** Each host once: PBS and LSF have a line for each rank. */
  private static NodeList listed(String source, List<String> lines) throws IOException {
    Set<String> hosts = new LinkedHashSet<>();
    for (String line : lines) {
      String host = line.strip().split("\\s+")[0];
      if (!host.isEmpty() && !host.startsWith("#")) {
        hosts.add(host.replaceFirst(":[0-9]+$", ""));
      }
    }
    if (hosts.isEmpty()) {
      throw new IOException(source + " names no host");
    }
    return new NodeList(source, new ArrayList<>(hosts));
  }

  /** LSF on machines with jsrun names the launch node first, which runs no task. */
  private static NodeList withoutLaunchNode(NodeList list) {
    List<String> hosts = list.hosts();
    boolean launchNode = hosts.size() > 1 && hosts.get(0).matches("(batch|login|launch).*");
    return launchNode ? new NodeList(list.source(), hosts.subList(1, hosts.size())) : list;
  }
}
