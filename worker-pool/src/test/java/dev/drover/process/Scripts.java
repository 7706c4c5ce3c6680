package dev.drover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Shortens the tests' requests. */
final class Scripts {
  static final Environment BASE = Environment.ofThisProcess();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Scripts() {}

  /** A bash script whose stdout and stderr go to {@code out} in the directory. */
  static SpawnRequest bash(Path directory, String script) {
    return command(directory, "bash", "-c", script);
  }

  static SpawnRequest command(Path directory, String... argv) {
    Output out = Output.truncate(Path.of("out"));
    return SpawnRequest.of(List.of(argv), BASE, directory).withOutput(out, out);
  }

  static String out(Path directory) throws IOException {
    return Files.readString(directory.resolve("out"));
  }

  static Path executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
    return file;
  }

  /** A busy machine takes long to start a process, and a JVM more so. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  static ConditionFactory await(String what) {
    return Awaitility.await(what).atMost(PATIENCE);
  }

  /**
   * Waits until a script has become a {@code sleep} that shows this entry: within its exec, and a
   * script that wrote its pid may be about to begin it, it shows no environment.
   */
  static void awaitSleep(long pid, String cookie) {
    Path commandLine = Path.of("/proc/" + pid + "/cmdline");
    String name = cookie.substring(0, cookie.indexOf('='));
    await("the exec of " + pid)
        .until(
            () ->
                Files.readString(commandLine).startsWith("sleep\0")
                    && ProcFs.ofThisNode().environEntries(pid, name).contains(cookie));
  }

  static boolean isRunning(long pid) {
    return ProcFs.ofThisNode().stat(pid).map(ProcFs.Stat::isAlive).orElse(false);
  }

  /** The pid in a file that a script writes as its first line; 0 while there is none. */
  static long pidIn(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String text = Files.readString(file);
    return text.endsWith("\n") ? Long.parseLong(text.strip()) : 0;
  }
}
