package dev.drover.provider;

import dev.drover.headnode.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scheduler once said: a file of {@code $ command}, {@code --- stdout}, {@code --- stderr},
 * {@code --- exit N}, under {@code transcripts} in the test resources.
 */
public final class Transcript {
  private static final Pattern SECTION =
      Pattern.compile(
          "^\\$ (.*?)\\R--- stdout\\R(.*?)^--- stderr\\R(.*?)^--- exit (\\d+).*?$",
          Pattern.MULTILINE | Pattern.DOTALL);

  private final String name;
  private final String text;

  /**
   * @param name of the file, as {@code flux/01-basic}
   */
  public Transcript(String name) {
    this.name = name;
    try (InputStream stream =
        Transcript.class.getResourceAsStream("/transcripts/" + name + ".txt")) {
      this.text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The answer to the first command that begins so. */
  public CommandResult answerTo(String command) {
    Matcher section = SECTION.matcher(text);
    while (section.find()) {
      if (section.group(1).startsWith(command)) {
        return result(Integer.parseInt(section.group(4)), section.group(2), section.group(3));
      }
    }
    throw new AssertionError(name + " has no command that begins with: " + command);
  }

  /**
   * Lines of one answer among those of a session in which several commands were captured together.
   */
  public CommandResult words(int exitCode, String stdout, String stderr) {
    for (String words : List.of(stdout, stderr)) {
      if (!text.contains(words)) {
        throw new AssertionError(name + " does not say: " + words);
      }
    }
    return result(exitCode, stdout, stderr);
  }

  /** The captured lines that begin so. */
  public List<String> lines(String beginning) {
    return text.lines().filter(line -> line.startsWith(beginning)).toList();
  }

  public static CommandResult result(int exitCode, String stdout, String stderr) {
    return new CommandResult(exitCode, stdout, stderr, Duration.ZERO, false);
  }
}
