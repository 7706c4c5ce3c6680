package dev.drover.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.job.ResourceSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A directory to run launchers in, with stand-ins for their programs and for the manager. */
final class LauncherBench {
  final Path directory;
  final Path logs;
  final Path manager;
  private final Path bin;
  final Map<String, String> environment = new TreeMap<>();

  LauncherBench(Path root) throws IOException {
    directory = Files.createDirectories(root.resolve("job dir"));
    logs = Files.createDirectories(root.resolve("logs"));
    bin = Files.createDirectories(root.resolve("bin"));
    manager = install("manager.sh", bin.resolve("a manager"));
    environment.put("STUB_LOG", logs.toString());
    environment.put("MANAGER", manager.toString());
    environment.put("JOBNAME", "b-1");
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
  }

  /** Puts a stand-in under each of the names on the path. */
  LauncherBench stubs(String... names) throws IOException {
    for (String name : names) {
      install(name.equals("scancel") ? "scancel.sh" : "stub.sh", bin.resolve(name));
    }
    return this;
  }

  Path install(String resource, Path file) throws IOException {
    try (InputStream in = LauncherBench.class.getResourceAsStream(resource)) {
      Files.copy(in, file);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  /** Writes a file of these lines into the job's directory. */
  Path file(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  /** Starts a launcher's argv for the manager with these words, as a job script does. */
  Process start(LauncherSettings settings, int nodes, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(manager.toString()));
    command.addAll(List.of(words));
    // Java looks for programs on its own path, env on the one that it is given.
    List<String> argv = new ArrayList<>(List.of("env"));
    argv.addAll(Launchers.of(settings).launch(command, ResourceSpec.ofNodes(nodes)));
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    builder.environment().keySet().removeIf(LauncherBench::isOfAScheduler);
    builder.environment().putAll(environment);
    return builder
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(directory.resolve("stdout").toFile())
        .redirectError(directory.resolve("stderr").toFile())
        .start();
  }

  private static boolean isOfAScheduler(String name) {
    return Stream.of("SLURM", "PBS", "LSB_", "FLUX", "PE_", "PMI", "OMPI", "DROVER")
        .anyMatch(name::startsWith);
  }

  /** The exit code of a launcher that is waited for. */
  int run(LauncherSettings settings, int nodes, String... words) throws Exception {
    return end(start(settings, nodes, words));
  }

  int end(Process process) throws Exception {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("the launcher did not end: " + stderr());
    }
    return process.exitValue();
  }

  String stderr() throws IOException {
    return Files.readString(directory.resolve("stderr"));
  }

  List<String> lines(String log) throws IOException {
    Path file = logs.resolve(log);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** The contents of all logs whose name begins so. */
  List<String> logs(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      List<String> contents = new ArrayList<>();
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith(prefix)).toList()) {
        contents.add(Files.readString(file));
      }
      return contents;
    }
  }

  void awaitLines(String log, int count) throws Exception {
    Instant limit = Instant.now().plus(Duration.ofSeconds(60));
    while (lines(log).size() < count) {
      assertThat(Instant.now()).as(log + ": " + lines(log) + stderr()).isBefore(limit);
      Thread.sleep(20);
    }
  }

  /** Skips a test out loud when a program that it wants is missing. */
  static void assumeInstalled(String program) {
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!there) {
      System.out.println("SKIPPED: " + program + " is not installed, so it was not tried");
    }
    assumeTrue(there, program + " is not installed");
  }
}
