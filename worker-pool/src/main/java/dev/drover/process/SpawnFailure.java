package dev.drover.process;

import dev.drover.process.SpawnException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds out why a spawn failed. {@code posix_spawn} gives one error number for the directory, the
 * files and the program alike; the look at the file system afterwards tells which of them it meant.
 */
final class SpawnFailure {
  private SpawnFailure() {}

  static SpawnException notInPath(SpawnRequest request, String searchPath, boolean sawUnusable) {
    String name = request.argv().get(0);
    return sawUnusable
        ? new SpawnException(
            LibC.EACCES,
            Kind.NOT_EXECUTABLE,
            "cannot start "
                + name
                + ": the file of that name in the task's PATH is not executable\n  PATH: "
                + searchPath
                + "\n  fix:  chmod +x it, or run it through its interpreter")
        : new SpawnException(
            LibC.ENOENT,
            Kind.NOT_FOUND,
            "cannot start "
                + name
                + ": no such program in the task's PATH\n  PATH: "
                + searchPath
                + "\n  fix:  give the program's full path, or load its module in the worker's init commands");
  }

  static SpawnException explain(SpawnRequest request, String file, int errno) {
    String start = "cannot start " + request.argv().get(0) + ": ";
    Path directory = request.directory();
    if (!Files.isDirectory(directory)) {
      boolean exists = Files.exists(directory);
      return new SpawnException(
          errno,
          Kind.BAD_DIRECTORY,
          start
              + "its working directory "
              + directory
              + (exists ? " is not a directory" : " does not exist")
              + " on this node\n  fix:  make it before the task runs, and put it on a file system that the compute nodes see");
    }
    if (!Files.isExecutable(directory)) {
      return new SpawnException(
          errno,
          Kind.BAD_DIRECTORY,
          start
              + "its working directory "
              + directory
              + " may not be entered\n  fix:  chmod u+x it, or choose another one");
    }
    for (Output output : new Output[] {request.stdout(), request.stderr()}) {
      Optional<String> problem = unwritable(output.path(), errno);
      if (problem.isPresent()) {
        return new SpawnException(
            errno,
            Kind.UNWRITABLE_OUTPUT,
            start
                + "cannot write its output to "
                + output.path()
                + ": "
                + problem.get()
                + "\n  fix:  make its directory and let this user write there, or name another file");
      }
    }
    if (!Files.isReadable(request.stdin())) {
      return new SpawnException(
          errno,
          Kind.OTHER,
          start
              + "cannot read its stdin from "
              + request.stdin()
              + ": "
              + (Files.exists(request.stdin()) ? "permission denied" : "no such file")
              + "\n  fix:  name a file that exists on this node");
    }
    return program(directory.resolve(file), errno, start);
  }

  private static SpawnException program(Path file, int errno, String start) {
    if (errno == LibC.ENOENT || errno == LibC.ENOTDIR) {
      Optional<String> interpreter = Files.exists(file) ? interpreter(file) : Optional.empty();
      String why =
          interpreter
              .map(it -> file + " names the interpreter " + it + ", which this node does not have")
              .orElse(
                  Files.exists(file)
                      ? file + " needs a dynamic loader that this node does not have"
                      : file + " does not exist on this node");
      return new SpawnException(
          errno,
          Kind.NOT_FOUND,
          start + why + "\n  fix:  correct the path, or install it where the compute nodes see it");
    }
    if (errno == LibC.EACCES || errno == LibC.EPERM || errno == LibC.EISDIR) {
      return new SpawnException(
          errno,
          Kind.NOT_EXECUTABLE,
          start
              + file
              + (Files.isDirectory(file) ? " is a directory" : " may not be executed")
              + "\n  fix:  chmod +x it (a file system mounted noexec refuses in any case), or run it through its"
              + " interpreter");
    }
    String mend =
        switch (errno) {
          case LibC.E2BIG -> "pass long lists through a file instead of arguments or environment";
          case LibC.EAGAIN ->
              "raise the limit on processes (ulimit -u, the job's pids limit) or use fewer workers";
          case LibC.ENOMEM -> "use fewer workers on this node or ask for more memory";
          case LibC.EMFILE -> "raise the limit on open files (ulimit -n)";
          case LibC.ETXTBSY ->
              "close the file before the task runs: write it under another name and rename it";
          default -> "see the error number in errno(3)";
        };
    return new SpawnException(
        errno, Kind.OTHER, start + Errno.describe(errno) + "\n  fix:  " + mend);
  }

  private static Optional<String> unwritable(Path file, int errno) {
    Path parent = file.getParent();
    if (Files.isDirectory(file)) {
      return Optional.of("it is a directory");
    }
    if (Files.exists(file)) {
      if (!Files.isWritable(file)) {
        return Optional.of("permission denied");
      }
    } else if (parent == null || !Files.isDirectory(parent)) {
      return Optional.of("its directory does not exist");
    } else if (!Files.isWritable(parent)) {
      return Optional.of("its directory is not writable");
    }
    if (isRefusedByTheSystem(file)) {
      return Optional.of("this file system takes no such file");
    }
    boolean fullDisk = errno == LibC.ENOSPC || errno == LibC.EDQUOT || errno == LibC.EROFS;
    return fullDisk ? Optional.of(Errno.describe(errno)) : Optional.empty();
  }

  /** Some refuse what their permissions allow, as /proc does: only trying tells. */
  private static boolean isRefusedByTheSystem(Path file) {
    if (Files.exists(file)) {
      return false;
    }
    try {
      Files.createFile(file);
      Files.delete(file);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static Optional<String> interpreter(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String head = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1);
      return head.startsWith("#!")
          ? Optional.of(head.substring(2).strip().split("\\s", 2)[0])
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
