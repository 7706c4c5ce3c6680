package dev.drover.mpi;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A step of a Slurm job that an srun made.
 *
 * @param id as Slurm's commands take it: {@code 4711.3}
 * @param nodes by Slurm's names
 * @param srunHost where the srun was started, by the short name of its kernel
 * @param srunPid the process of the srun there
 */
record JobStep(String id, List<String> nodes, String srunHost, long srunPid) {
  private static final Pattern LINE =
      Pattern.compile(
          "^StepId=(?<id>\\S+\\.[0-9]+) .*? NodeList=(?<nodes>\\S+) .* SrunHost:Pid=(?<host>\\S+):(?<pid>[0-9]+)\\b");

  JobStep {
    nodes = List.copyOf(nodes);
  }

  /**
   * The steps of {@code scontrol --oneliner show step}. Those that no srun made have words for a
   * number, such as batch and extern, and are left out, as is a step that has no nodes yet.
   */
  static List<JobStep> parse(String listing) {
    List<JobStep> steps = new ArrayList<>();
    for (String line : listing.split("\n")) {
      Matcher step = LINE.matcher(line.strip());
      if (step.find() && !step.group("nodes").equals("(null)")) {
        steps.add(
            new JobStep(
                step.group("id"),
                HostListText.expand(step.group("nodes")),
                step.group("host"),
                Long.parseLong(step.group("pid"))));
      }
    }
    return steps;
  }

  /** Its number within the job. */
  String number() {
    return id.substring(id.lastIndexOf('.') + 1);
  }
}
