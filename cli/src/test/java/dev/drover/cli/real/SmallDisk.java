package dev.drover.cli.real;

import java.io.IOException;
import java.nio.file.Path;

/** A file system in memory at a directory of a test; not there for who may not mount. */
final class SmallDisk implements AutoCloseable {
  private final Path place;
  private final boolean there;

  private SmallDisk(Path place, boolean there) {
    this.place = place;
    this.there = there;
  }

  static SmallDisk mount(Path place, String options) throws IOException {
    return new SmallDisk(
        place, run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString()) == 0);
  }

  boolean isThere() {
    return there;
  }

  private static int run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.onExit().join().exitValue();
  }

  /** Lazily: a process that a failed test left may still use it. */
  @Override
  public void close() throws IOException {
    if (there) {
      run("umount", "-l", place.toString());
    }
  }
}
