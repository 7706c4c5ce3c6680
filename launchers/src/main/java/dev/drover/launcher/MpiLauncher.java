package dev.drover.launcher;

import dev.drover.job.ResourceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Starts one manager on each node with mpiexec or mpirun, over the job's different hosts.
 *
 * <p>The hosts come from the user's host file, or from Flux, PBS, Slurm, LSF or Grid Engine,
 * whichever is there, else the block is this machine. The program's {@code --version} tells Open
 * MPI, which maps by {@code ppr:1:node} and must be told the environment, from MPICH's kin, which
 * take {@code --ppn 1}. A block with fewer different hosts than nodes ends with code 78.
 */
public final class MpiLauncher implements Launcher {
  private static final Set<String> PLACEMENT =
      Set.of(
          "-n",
          "--n",
          "-np",
          "--np",
          "-c",
          "-N",
          "-npernode",
          "--npernode",
          "-map-by",
          "--map-by",
          "-hostfile",
          "--hostfile",
          "-machinefile",
          "--machinefile",
          "-f",
          "-host",
          "--host",
          "-hosts",
          "--hosts",
          "-H");
  private static final Set<String> PER_NODE = Set.of("-ppn", "--ppn", "-perhost", "--perhost");

  private final LauncherSettings settings;
  private final boolean optionsSayPerNode;

  MpiLauncher(LauncherSettings settings) {
    new SettingRules(settings).noPrefix().noPlacement(PLACEMENT);
    this.settings = settings;
    this.optionsSayPerNode = sayPerNode(settings.options());
  }

  /** Site files in the wild say {@code --ppn 1}, which MPICH refuses to be told twice. */
  private static boolean sayPerNode(List<String> options) {
    boolean said = false;
    for (int i = 0; i < options.size(); i++) {
      String[] word = options.get(i).split("=", 2);
      if (!PER_NODE.contains(word[0])) {
        continue;
      }
      said = true;
      String value = word.length == 2 ? word[1] : i + 1 < options.size() ? options.get(i + 1) : "";
      if (!value.equals("1")) {
        throw new LaunchImpossibleException(
            "an MPI launcher starts one manager on each node of the block, but its options ask for "
                + word[0]
                + " "
                + value
                + "; leave that out (workers per node are the manager's matter)");
      }
    }
    return said;
  }

  @Override
  public List<String> launch(List<String> managerCommand, ResourceSpec resources) {
    List<String> words = new ArrayList<>();
    words.add(Integer.toString(resources.nodes()));
    words.add(settings.hostFile().orElse(""));
    words.add(settings.program().orElse(settings.name()));
    words.add(settings.bindOption());
    words.add(optionsSayPerNode ? "ppn" : "");
    words.add(LaunchScript.text("node"));
    words.add(Integer.toString(settings.options().size()));
    words.addAll(settings.options());
    words.addAll(managerCommand);
    return LaunchScript.argv(settings.name(), List.of("hosts", "wait", "mpi"), words);
  }
}
