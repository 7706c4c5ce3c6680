package dev.drover.cli.inspect;

import dev.drover.cli.console.StopException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Finds the run that a command is about. */
public final class RunDirectories {
  /** Where runs are kept unless {@code --run-dir} says otherwise. */
  public static final Path ROOT = Path.of("drover-runs");

  private RunDirectories() {}

  /**
   * The directory of the run that was named.
   *
   * @param named a directory, or the name of one in {@code root}; null = the newest in {@code root}
   */
  public static Path find(String named, Path root) {
    if (named == null) {
      return newest(root);
    }
    Path direct = Path.of(named);
    Path below = root.resolve(named);
    if (Files.isDirectory(direct)) {
      return direct;
    }
    if (Files.isDirectory(below)) {
      return below;
    }
    throw StopException.usage(
        named + ": no such run\n  fix: name a run directory; runs are kept in " + root + "/");
  }

  private static Path newest(Path root) {
    if (Files.isDirectory(root)) {
      try (Stream<Path> runs = Files.list(root)) {
        // Their names start with the time, so that the last name is the newest run.
        return runs.filter(Files::isDirectory)
            .max(Comparator.comparing(run -> run.getFileName().toString()))
            .orElseThrow(() -> noRun(root));
      } catch (IOException e) {
        throw StopException.infrastructure(root + ": cannot be listed: " + e.getMessage(), e);
      }
    }
    throw noRun(root);
  }

  private static StopException noRun(Path root) {
    return StopException.usage(
        "no run in " + root + "/\n  fix: start one with drover run, or name a run directory");
  }
}
