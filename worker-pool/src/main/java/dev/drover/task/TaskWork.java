package dev.drover.task;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a task does when it runs: a command, or a Java function. */
public sealed interface TaskWork {

  <R> R match(Cases<R> cases);

  /** One method for each kind of work. */
  interface Cases<R> {
    R shell(Shell work);

    R java(Java work);
  }

  /**
   * A command that the manager starts as a process of its own session.
   *
   * @param argv the command and its arguments; with {@code commandLine} exactly one element, the
   *     text given to {@code /bin/bash -c}
   * @param commandLine whether {@code argv} is one shell command line and not an argument list
   * @param cwd working directory; empty = the run's
   * @param env variables added to the manager's own, or overriding them
   * @param stdin file to read; empty = {@code /dev/null}
   * @param stdout file to write (truncated); empty = captured in the run directory
   * @param stderr file to write (truncated); empty = captured in the run directory
   */
  record Shell(
      List<String> argv,
      boolean commandLine,
      Optional<String> cwd,
      Map<String, String> env,
      Optional<String> stdin,
      Optional<String> stdout,
      Optional<String> stderr)
      implements TaskWork {
    public Shell {
      argv = List.copyOf(argv);
      env = Map.copyOf(env);
      if (argv.isEmpty() || argv.get(0).isEmpty()) {
        throw new IllegalArgumentException("a shell task needs a command");
      }
      if (commandLine && argv.size() != 1) {
        throw new IllegalArgumentException("a command line is one text, not " + argv.size());
      }
      Objects.requireNonNull(cwd);
      Objects.requireNonNull(stdin);
      Objects.requireNonNull(stdout);
      Objects.requireNonNull(stderr);
    }

    /** A command line for {@code /bin/bash -c}, in the run's directory, its output captured. */
    public static Shell line(String commandLine) {
      return new Shell(
          List.of(commandLine),
          true,
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /** An argument list run directly, in the run's directory, its output captured. */
    public static Shell argv(List<String> argv) {
      return new Shell(
          argv,
          false,
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.shell(this);
    }
  }

  /**
   * A Java function that a worker JVM (or, isolated by thread, the manager) calls.
   *
   * @param function the serialized {@link RemoteCall}
   * @param classpath which classes it needs; {@link ClasspathId#NONE} = only the JDK's and Drover's
   */
  record Java(Payload function, ClasspathId classpath, Isolation isolation) implements TaskWork {
    public Java {
      Objects.requireNonNull(function);
      Objects.requireNonNull(classpath);
      Objects.requireNonNull(isolation);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.java(this);
    }
  }
}
