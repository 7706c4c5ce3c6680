package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processes of this machine that have to do with a directory of a test. */
final class Processes {
  /** One process; its command line and its environment with blanks for zero bytes. */
  record Seen(long pid, String command, String environment) {
    void signal(String name) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    boolean isManager() {
      return command.contains("dev.drover.manager.WorkerPoolMain") && !command.startsWith("/bin/b");
    }

    boolean isWorkerJvm() {
      return command.contains("dev.drover.worker.WorkerMain");
    }

    boolean isGuardian() {
      return command.contains("drover-guardian");
    }
  }

  private Processes() {}

  /** Those that name the directory on their command line, in their environment or work in it. */
  static List<Seen> of(Path directory) {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      long self = ProcessHandle.current().pid();
      return all.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .map(entry -> seen(entry, directory.toString()))
          .filter(process -> process != null && process.pid() != self)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Seen seen(Path entry, String directory) {
    String command = text(entry.resolve("cmdline"));
    String environment = text(entry.resolve("environ"));
    boolean within;
    try {
      within = Files.readSymbolicLink(entry.resolve("cwd")).startsWith(directory);
    } catch (IOException e) {
      within = false; // it has ended
    }
    return within || command.contains(directory) || environment.contains(directory)
        ? new Seen(Long.parseLong(entry.getFileName().toString()), command, environment)
        : null;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  static List<Seen> managers(Path directory) {
    return of(directory).stream().filter(Seen::isManager).toList();
  }

  static boolean isAlive(long pid) {
    return text(Path.of("/proc", Long.toString(pid), "stat")).matches("(?s).*\\) [^ZX] .*");
  }

  static void assertNoneLeft(Path directory) {
    await("no process of " + directory)
        .atMost(TestRun.PATIENCE)
        .untilAsserted(() -> assertThat(of(directory)).isEmpty());
  }
}
