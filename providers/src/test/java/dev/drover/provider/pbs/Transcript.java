package dev.drover.provider.pbs;

import dev.drover.headnode.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Captures of commands: {@code [user@host dir]$ command}, what it printed, {@code exit N}. */
public final class Transcript {
  private static final Pattern COMMAND = Pattern.compile("\\[\\S+ \\S+][$#] (.*)");
  private static final Pattern EXIT = Pattern.compile("--- exit (-?[0-9]+).*");

  /** One command and its answer. */
  public record Section(String command, CommandResult result) {}

  private final List<Section> sections = new ArrayList<>();

  private Transcript() {}

  /** The text of a resource, its bytes read as a head node reads them. */
  public static String text(String resource) throws IOException {
    try (InputStream stream = Transcript.class.getResourceAsStream("/transcripts/" + resource)) {
      if (stream == null) {
        throw new IOException("no transcript " + resource);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public static boolean exists(String resource) {
    return Transcript.class.getResource("/transcripts/" + resource) != null;
  }

  public static Transcript of(String resource) throws IOException {
    Transcript transcript = new Transcript();
    String command = null;
    StringBuilder stdout = new StringBuilder();
    StringBuilder stderr = new StringBuilder();
    StringBuilder into = stdout;
    for (String line : text(resource).split("\n")) {
      Matcher start = COMMAND.matcher(line);
      Matcher end = EXIT.matcher(line);
      if (start.matches()) {
        command = start.group(1);
        stdout.setLength(0);
        stderr.setLength(0);
        into = stdout;
      } else if (end.matches() && command != null) {
        transcript.sections.add(
            new Section(
                command,
                answer(Integer.parseInt(end.group(1)), stdout.toString(), stderr.toString())));
        command = null;
      } else if (line.equals("--- stdout")) {
        into = stdout;
      } else if (line.equals("--- stderr")) {
        into = stderr;
      } else {
        into.append(line).append('\n');
      }
    }
    return transcript;
  }

  public static CommandResult answer(int exitCode, String stdout, String stderr) {
    return new CommandResult(exitCode, stdout, stderr, Duration.ofMillis(10), false);
  }

  /** The answer to the first command that holds these words. */
  public CommandResult to(String words) {
    return all(words).get(0);
  }

  /** The answers to all commands that hold these words. */
  public List<CommandResult> all(String words) {
    List<CommandResult> answers =
        sections.stream()
            .filter(section -> section.command().contains(words))
            .map(Section::result)
            .toList();
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("no command holds \"" + words + '"');
    }
    return answers;
  }
}
