package dev.drover.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A fixed bash text that a launcher runs on the batch node, where it needs what only that node
 * knows. It holds no value: these are its arguments.
 */
final class LaunchScript {
  private LaunchScript() {}

  /** The argv that runs those parts, one after the other, with these arguments. */
  static List<String> argv(String launcher, List<String> parts, List<String> arguments) {
    List<String> argv = new ArrayList<>();
    argv.add("bash");
    argv.add("-c");
    argv.add(parts.stream().map(LaunchScript::text).collect(Collectors.joining("\n")));
    argv.add("drover-" + launcher);
    argv.addAll(arguments);
    return List.copyOf(argv);
  }

  /** The part as it is run: without its comments, which would only fill the process listing. */
  static String text(String part) {
    try (InputStream in = LaunchScript.class.getResourceAsStream(part + ".sh")) {
      if (in == null) {
        throw new IllegalStateException("the launcher script " + part + ".sh is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the launcher script " + part + ".sh", e);
    }
  }
}
