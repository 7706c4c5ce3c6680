package dev.drover.journal;

import dev.drover.headnode.SkipAloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real file system in memory, with the options given; skips the test where mounting is denied.
 */
public final class SmallDisk implements AutoCloseable {
  private final Path path;

  private SmallDisk(Path path) {
    this.path = path;
  }

  public static SmallDisk mount(Path folder, String options) throws Exception {
    Path path = Files.createDirectory(folder.resolve("small-disk"));
    Process mount = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString());
    String said = new String(mount.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    SkipAloud.unless(
        mount.waitFor() == 0,
        "no small disk can be mounted here, so a full one was not tested: " + said.strip());
    return new SmallDisk(path);
  }

  public Path path() {
    return path;
  }

  void remount(String options) throws Exception {
    run("mount", "-o", "remount," + options, path.toString()).waitFor();
  }

  @Override
  public void close() throws Exception {
    run("umount", "-l", path.toString()).waitFor();
  }

  private static Process run(String... command) throws IOException {
    return new ProcessBuilder(command).start();
  }
}
