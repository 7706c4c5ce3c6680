package dev.drover.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What to start and how.
 *
 * @param argv the program and its arguments. A program without a slash is looked up in the PATH of
 *     {@code environment} ({@code /bin:/usr/bin} when it has none); a relative one with a slash is
 *     taken from {@code directory}
 * @param environment the child's whole environment
 * @param directory the child's working directory
 * @param stdin the file that the child reads; a relative one is taken from {@code directory}
 * @param stdout where its output goes
 * @param stderr where its errors go; when this is stdout's path, both share one open file and
 *     stdout's append flag
 */
public record SpawnRequest(
    List<String> argv,
    Environment environment,
    Path directory,
    Path stdin,
    Output stdout,
    Output stderr) {
  /** Nothing to read. */
  public static final Path DEV_NULL = Path.of("/dev/null");

  public SpawnRequest {
    argv = List.copyOf(argv);
    Objects.requireNonNull(environment, "environment");
    directory = directory.toAbsolutePath();
    stdin = directory.resolve(stdin);
    stdout = stdout.from(directory);
    stderr = stderr.from(directory);
    if (argv.isEmpty() || argv.get(0).isEmpty()) {
      throw new IllegalArgumentException("a command needs the name of a program");
    }
    for (String argument : argv) {
      if (argument.indexOf(0) >= 0) {
        throw new IllegalArgumentException(
            "an argument of " + argv.get(0).replace('\0', '?') + " holds a zero byte");
      }
    }
  }

  /** A command that reads nothing and whose output is thrown away. */
  public static SpawnRequest of(List<String> argv, Environment environment, Path directory) {
    return new SpawnRequest(argv, environment, directory, DEV_NULL, Output.DISCARD, Output.DISCARD);
  }

  /** The same with other outputs. */
  public SpawnRequest withOutput(Output stdout, Output stderr) {
    return new SpawnRequest(argv, environment, directory, stdin, stdout, stderr);
  }

  /** The same with another input. */
  public SpawnRequest withStdin(Path stdin) {
    return new SpawnRequest(argv, environment, directory, stdin, stdout, stderr);
  }
}
