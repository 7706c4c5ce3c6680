package dev.drover.cli.doctor;

import dev.drover.cli.run.RunRequest;
import dev.drover.site.QueueLimits;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import dev.drover.template.ShellQuoting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The run of one task that looks at a node: {@code drover doctor --node} there.
 *
 * @param like the site whose node it is
 * @param name by which that is chosen; empty = it was not named
 * @param given what the user sets over the site's files, by key
 */
record NodeLook(Site like, Optional<String> name, Map<String, String> given) {
  /** For the task: a JVM starts, from a busy file system. */
  static final Duration LIMIT = Duration.ofMinutes(3);

  private static final Duration WALLTIME = Duration.ofMinutes(10);

  RunRequest request() {
    return new RunRequest(
        name,
        settings(),
        Optional.empty(),
        "doctor",
        Path.of("").toAbsolutePath(),
        1,
        false,
        false,
        List.of());
  }

  /** One block of one node, for a short time, and one worker that has the whole of it. */
  Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(given);
    settings.put(SiteKeys.PROVIDER_NODES_PER_BLOCK.name(), "1");
    settings.put(SiteKeys.PROVIDER_INIT_BLOCKS.name(), "0");
    settings.put(SiteKeys.PROVIDER_MIN_BLOCKS.name(), "0");
    settings.put(SiteKeys.PROVIDER_MAX_BLOCKS.name(), "1");
    Duration walltime = like.get(SiteKeys.PROVIDER_WALLTIME);
    Duration least = like.queue().map(QueueLimits::minWalltime).orElse(Duration.ZERO);
    Duration most = least.compareTo(WALLTIME) > 0 ? least : WALLTIME;
    if (walltime.compareTo(most) > 0) {
      settings.put(SiteKeys.PROVIDER_WALLTIME.name(), most.toSeconds() + "s");
    }
    if (!isMpi()) {
      settings.put(SiteKeys.WORKER_MAX_PER_NODE.name(), "1");
      settings.put(SiteKeys.WORKER_CPU_AFFINITY.name(), "none");
    }
    return settings;
  }

  private boolean isMpi() {
    return like.text(SiteKeys.EXECUTOR_TYPE).equals("mpi");
  }

  /** The site as it is read on the node, where nothing is set over it. */
  String site() {
    return like.describe()
        .lines()
        .filter(line -> !line.startsWith("headnode."))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** The manager that starts it shows which Java and which jar there are on the node. */
  TaskSpec task(Path run) {
    String command =
        """
        cd %s || exit
        jar=$(tr '\\0' '\\n' </proc/$PPID/cmdline | sed -n '/^-cp$/{n;p;q}')
        "$(readlink /proc/$PPID/exe)" -XX:+UseSerialGC -Xmx128m -Xshare:auto -cp "$jar" dev.drover.cli.Main \
        doctor --node --site ./doctor.properties --json >doctor.json
        """
            .formatted(ShellQuoting.quote(run.toString()));
    ResourceRequest wanted =
        isMpi() ? new ResourceRequest(0, 0, 0, 1, 1) : ResourceRequest.ONE_SLOT;
    return new TaskSpec("doctor", TaskWork.Shell.line(command), wanted, LIMIT);
  }
}
