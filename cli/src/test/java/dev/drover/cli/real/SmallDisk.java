package dev.drover.cli.real;

import dev.drover.headnode.SkipAloud;
import java.io.IOException;
import java.nio.file.Path;

/** A file system in memory at a directory of a test. */
final class SmallDisk implements AutoCloseable {
  private final Path place;

  private SmallDisk(Path place) {
    this.place = place;
  }

  /** Mounts it; the test is skipped, aloud, for who may not. */
  static SmallDisk mount(Path place, String options) throws IOException {
    SkipAloud.unless(
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString()) == 0,
        "no file system can be mounted here, so no small disk was tested: it needs root's rights");
    return new SmallDisk(place);
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
    run("umount", "-l", place.toString());
  }
}
