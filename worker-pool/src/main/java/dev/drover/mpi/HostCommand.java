package dev.drover.mpi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a scheduler's own command on this node and gives what it printed. */
@FunctionalInterface
public interface HostCommand {
  /**
   * The command's standard output.
   *
   * @throws NotInstalledException when there is no such command
   * @throws IOException when it cannot be started, does not end in time, or ends with another code
   *     than 0; the message tells which, and its standard error
   */
  String output(List<String> argv) throws IOException;

  /** The command is not on this node: asking again finds nothing else. */
  final class NotInstalledException extends IOException {
    private static final long serialVersionUID = 1L;

    NotInstalledException(String command, IOException cause) {
      super(command + " is not installed on this node, or not on the PATH", cause);
    }
  }

  /** Runs it as a child process, and kills it after {@code timeout}. */
  static HostCommand within(Duration timeout) {
    return argv -> {
      Path stdout = Files.createTempFile("drover-hosts", ".out");
      Path stderr = Files.createTempFile("drover-hosts", ".err");
      Process process = null;
      try {
        process =
            start(
                new ProcessBuilder(argv)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile()));
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              String.join(" ", argv) + " did not end within " + timeout.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
          throw new IOException(
              String.join(" ", argv)
                  + " (exit "
                  + process.exitValue()
                  + "): "
                  + text(stderr).strip());
        }
        return text(stdout);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(String.join(" ", argv) + " was interrupted", e);
      } finally {
        if (process != null) {
          process.destroyForcibly();
        }
        Files.delete(stdout);
        Files.delete(stderr);
      }
    };
  }

  /** A node that is short of memory or processes for a moment cannot start one either. */
  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      return builder.start();
    } catch (IOException e) {
      String command = builder.command().get(0);
      throw isOnPath(command) ? e : new NotInstalledException(command, e);
    }
  }

  private static boolean isOnPath(String command) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory).resolve(command)));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
