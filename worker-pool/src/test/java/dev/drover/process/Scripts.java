package dev.drover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shortens the tests' requests. */
final class Scripts {
  static final Environment BASE = Environment.ofThisProcess();

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
