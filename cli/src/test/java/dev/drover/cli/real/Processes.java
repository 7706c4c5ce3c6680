package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The processes of this machine that have to do with a directory of a test. */
final class Processes {
  private static final Pattern JOINED = Pattern.compile("\"t\":\"joined\".*?\"mgr\":\"([^\"]+)\"");

  /** One process; its command line and its environment with blanks for zero bytes. */
  record Seen(long pid, String command, String environment) {
    boolean isManager() {
      return command.contains("dev.drover.manager.WorkerPoolMain") && !command.startsWith("/bin/b");
    }

    boolean isTask() {
      return environment.contains("DROVER_TASK_ID=");
    }
  }

  private Processes() {}

  /** Those that name the directory on their command line, in their environment or work in it. */
  static List<Seen> of(Path directory) {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      long self = ProcessHandle.current().pid();
      return all.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
          .map(entry -> seen(entry, directory))
          .filter(process -> process != null && process.pid() != self)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Seen seen(Path entry, Path directory) {
    String command = text(entry.resolve("cmdline"));
    String environment = text(entry.resolve("environ"));
    boolean within;
    try {
      within = Files.readSymbolicLink(entry.resolve("cwd")).startsWith(directory);
    } catch (IOException e) {
      within = false; // it has ended
    }
    boolean named =
        command.contains(directory.toString()) || environment.contains(directory.toString());
    boolean dead = text(entry.resolve("stat")).matches("(?s).*\\) [ZX] .*");
    return !dead && (within || named)
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

  static List<Seen> tasks(Path directory) {
    return of(directory).stream().filter(Seen::isTask).toList();
  }

  static void signal(String name, String target) {
    try {
      new ProcessBuilder("kill", "-" + name, "--", target).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Fails when a process of the directory is left, or one that a manager of a run there started.
   */
  static void assertNoneLeft(Path directory) {
    await("no process of " + directory)
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(of(directory)).isEmpty());
    List<String> marks = pools(directory).stream().map(pool -> "DROVER_POOL=" + pool).toList();
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      assertThat(
              all.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                  .filter(
                      entry -> marks.stream().anyMatch(text(entry.resolve("environ"))::contains)))
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The managers that the journals below the directory tell of. */
  private static List<String> pools(Path directory) {
    try (Stream<Path> files = Files.walk(directory, 3)) {
      return files
          .filter(file -> file.endsWith("journal.jsonl"))
          .flatMap(file -> JOINED.matcher(text(file)).results())
          .map(found -> found.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends what a failed test left, so that it does not disturb the next one. */
  static void killAll(Path directory) {
    for (Seen process : of(directory)) {
      signal("KILL", Long.toString(process.pid()));
    }
  }
}
