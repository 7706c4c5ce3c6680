package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Starts the command in a directory of a test, and waits for what comes of it. */
final class Drover {
  private Path java = Path.of(System.getProperty("java.home"));

  /** Longest wait for anything that should come within seconds, on a machine that is very busy. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path home;
  private final AtomicInteger started = new AtomicInteger();
  private final Map<String, String> environment = new TreeMap<>();
  private List<String> vmOptions = List.of();
  private List<String> place = List.of();
  private String classpath = System.getProperty("java.class.path");
  private String program = "dev.drover.cli.Main";

  Drover(Path home) {
    this.home = home;
  }

  /** Another JDK than the tests' own. */
  Drover withJava(Path javaHome) {
    java = javaHome;
    return this;
  }

  Drover vmOptions(String... options) {
    vmOptions = List.of(options);
    return this;
  }

  /** Started by these words, such as those that enter a network namespace. */
  Drover startedBy(List<String> words) {
    place = List.copyOf(words);
    return this;
  }

  /** Started from one jar, as the packaged command is, which names the classes of the tests. */
  Drover fromOneJar() {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    StringBuilder all = new StringBuilder();
    for (String entry : classpath.split(":")) {
      all.append(Path.of(entry).toUri()).append(' ');
    }
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, all.toString());
    Path jar = home.resolve("drover.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream written = new JarOutputStream(out, manifest)) {
      written.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    classpath = jar.toString();
    return this;
  }

  /**
   * Started from copies that everybody may read: what the tests are started from lies in their
   * user's home.
   *
   * @param directory filled when it is not there
   */
  Drover fromCopiesIn(Path directory) {
    boolean isFilled = Files.isDirectory(directory);
    List<String> copies = new ArrayList<>();
    for (String entry : classpath.split(":")) {
      Path copy = directory.resolve(copies.size() + "-" + Path.of(entry).getFileName());
      if (!isFilled && Files.exists(Path.of(entry))) {
        copyForAll(Path.of(entry), copy);
      }
      copies.add(copy.toString());
    }
    classpath = String.join(":", copies);
    return this;
  }

  private static void copyForAll(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
        Files.setPosixFilePermissions(
            copy,
            PosixFilePermissions.fromString(Files.isDirectory(copy) ? "rwxr-xr-x" : "rw-r--r--"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another program than the command, of the tests' own. */
  Drover program(Class<?> main) {
    program = main.getName();
    return this;
  }

  /** A variable that the command sees. */
  Drover environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Path file(String name) {
    return home.resolve(name);
  }

  Path write(String name, String... lines) {
    try {
      return Files.write(home.resolve(name), List.of(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs to its end. */
  Ended run(String... args) {
    return start(args).end();
  }

  Running start(String... args) {
    return startWith(null, args);
  }

  /**
   * Starts it as a shell with job control does: leader of a process group, to which the terminal
   * sends Ctrl-C.
   *
   * @param stdin null = nothing to read
   */
  Running startWith(Path stdin, String... args) {
    int number = started.incrementAndGet();
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(place);
    command.addAll(List.of("env", "--default-signal=INT"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(java(args));
    Path out = home.resolve("drover-" + number + ".out");
    Path err = home.resolve("drover-" + number + ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectInput(stdin == null ? new java.io.File("/dev/null") : stdin.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Running(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> java(String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java.resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Xshare:auto",
                "-Duser.home=" + home));
    command.addAll(vmOptions);
    command.addAll(List.of("-cp", classpath, program));
    command.addAll(List.of(args));
    return command;
  }

  /** The command as a shell would be given it. */
  String commandLine(String... args) {
    return ShellQuoting.quoteAll(java(args));
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void awaitFile(Path file) {
    await(file.toString()).atMost(PATIENCE).until(() -> Files.exists(file));
  }

  /** A command that has not ended. */
  record Running(Process process, Path out, Path err) {
    Ended end() {
      return end(Duration.ofMinutes(10)); // hangs end here, not what a slow machine does
    }

    Ended end(Duration limit) {
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("it has not ended after " + limit + ":\n" + text(err));
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return new Ended(process.exitValue(), text(out), text(err));
    }

    void awaitErr(String part) {
      await(part).atMost(PATIENCE).until(() -> text(err).contains(part));
    }

    /** To the process itself. */
    void signal(String name) {
      Processes.signal(name, Long.toString(process.pid()));
    }

    /** To its process group, as a terminal does. */
    void signalGroup(String name) {
      Processes.signal(name, "-" + process.pid());
    }
  }

  /** What a command left. */
  record Ended(int exit, String out, String err) {
    Ended exits(int code) {
      assertThat(exit).as("exit code; stdout: %s%nstderr: %s", out, err).isEqualTo(code);
      return this;
    }

    Ended says(String... parts) {
      assertThat(err).contains(parts);
      return this;
    }

    Ended saysNot(String... parts) {
      assertThat(err).doesNotContain(parts);
      return this;
    }

    Ended prints(String... parts) {
      assertThat(out).contains(parts);
      return this;
    }
  }
}
