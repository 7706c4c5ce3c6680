package dev.drover.cli.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the engine is asked for.
 *
 * @param site name or file of the site; empty = this machine
 * @param settings {@code --set key=value}, which win over the site's
 * @param directory the run directory; empty = a new one, {@code drover-runs/<utc time>-<name>/}
 * @param name part of that directory's name
 * @param workingDirectory where tasks run that name no directory of their own
 * @param tasks how many there are: with many, what they write is packed into few files
 * @param mustExist whether there must be an earlier run to go on with
 * @param onlyToEnd whether its tasks are cancelled before any is given out
 * @param send files and directories that tasks find where they start, on a head node
 */
public record RunRequest(
    Optional<String> site,
    Map<String, String> settings,
    Optional<Path> directory,
    String name,
    Path workingDirectory,
    long tasks,
    boolean mustExist,
    boolean onlyToEnd,
    List<Path> send) {
  public RunRequest {
    Objects.requireNonNull(site);
    settings = Map.copyOf(settings);
    Objects.requireNonNull(directory);
    Objects.requireNonNull(name);
    send = List.copyOf(send);
  }
}
