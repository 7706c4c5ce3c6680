package dev.drover.cli.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The one jar that this process runs from, which is all of Drover. */
public final class OneJar {
  private OneJar() {}

  /** That jar; empty = this process has another class path, such as a build's. */
  public static Optional<Path> ofThisProcess() {
    Path jar = Path.of(System.getProperty("java.class.path"));
    return jar.toString().endsWith(".jar") && Files.isRegularFile(jar)
        ? Optional.of(jar)
        : Optional.empty();
  }
}
