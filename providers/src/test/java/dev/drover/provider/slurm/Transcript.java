package dev.drover.provider.slurm;

import dev.drover.headnode.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A capture of real commands: sections that begin with {@code ## name} and hold the command after a
 * dollar sign, what it printed under {@code --- stdout} and {@code --- stderr}, and {@code ---
 * exit}.
 */
final class Transcript {
  private static final Pattern EXIT = Pattern.compile("--- exit ([0-9]+)(?: \\(.*\\))?");

  private final String name;
  private final Map<String, CommandResult> sections = new LinkedHashMap<>();

  private Transcript(String name) {
    this.name = name;
  }

  /** The capture {@code transcripts/slurm/name.txt}. */
  static Transcript of(String name) {
    Transcript transcript = new Transcript(name);
    String file = "/transcripts/slurm/" + name + ".txt";
    try (InputStream stream = Transcript.class.getResourceAsStream(file)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      for (String section : text.split("(?m)^## ")) {
        transcript.read(section);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return transcript;
  }

  private void read(String section) {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    Optional<StringBuilder> into = Optional.empty();
    for (String line : section.lines().skip(1).toList()) {
      Matcher exit = EXIT.matcher(line);
      if (exit.matches()) {
        sections.put(
            section.lines().findFirst().orElseThrow(),
            new CommandResult(
                Integer.parseInt(exit.group(1)),
                out.toString(),
                err.toString(),
                Duration.ZERO,
                false));
        return;
      }
      switch (line) {
        case "--- stdout" -> into = Optional.of(out);
        case "--- stderr" -> into = Optional.of(err);
        default -> into.ifPresent(text -> text.append(line).append('\n'));
      }
    }
  }

  /** What the section's command gave. */
  CommandResult result(String section) {
    CommandResult result = sections.get(section);
    if (result == null) {
      throw new IllegalArgumentException(
          "no section " + section + " in " + name + "; there are " + sections.keySet());
    }
    return result;
  }
}
