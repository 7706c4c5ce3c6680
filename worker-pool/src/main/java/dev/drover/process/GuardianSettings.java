package dev.drover.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a {@link Guardian} watches for and clears away.
 *
 * @param poolId the pool whose processes it kills: those with {@code DROVER_POOL=<poolId>} in their
 *     environment; no control characters
 * @param silenceLimit how long the manager may send no beat; whole seconds, at least 1 s; five
 *     beats are a good choice
 * @param marker the file to which it adds a line each time that silence made it kill
 * @param scratchDirectories what it removes, with all contents, when the manager died: absolute,
 *     not directly below the root, not this user's home
 * @param log the file that its own errors are added to
 */
public record GuardianSettings(
    String poolId, Duration silenceLimit, Path marker, List<Path> scratchDirectories, Path log) {
  public GuardianSettings {
    if (poolId.isEmpty() || poolId.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a pool id is not empty and has no control characters: \"" + poolId + "\"");
    }
    if (silenceLimit.toSeconds() < 1 || silenceLimit.getNano() != 0) {
      throw new IllegalArgumentException(
          "the guardian counts whole seconds of silence, at least 1, not " + silenceLimit);
    }
    marker = marker.toAbsolutePath();
    scratchDirectories = scratchDirectories.stream().map(GuardianSettings::removable).toList();
    log = log.toAbsolutePath();
  }

  private static Path removable(Path directory) {
    Path normal = directory.normalize();
    Path home = Path.of(System.getProperty("user.home")).toAbsolutePath().normalize();
    if (!normal.isAbsolute() || normal.getNameCount() < 2 || home.startsWith(normal)) {
      throw new IllegalArgumentException(
          "refusing to let a guardian remove "
              + directory
              + ": a scratch directory is absolute, not directly below the root, and holds no home directory");
    }
    return normal;
  }
}
