package dev.drover.provider;

import dev.drover.headnode.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scheduler once said: a file under {@code transcripts} in the test resources. In one of
 * several sections each may begin with {@code ## name}, and holds {@code $ command} after a prompt
 * or none, {@code --- stdout}, {@code --- stderr} and {@code --- exit N}. One of a single command
 * holds what it printed right below it, and ends with {@code exit N}.
 */
public final class Transcript {
  private static final Pattern COMMAND = Pattern.compile("(?:\\[\\S+ \\S+][$#]|\\$) (.*)");
  private static final Pattern EXIT = Pattern.compile("--- exit (-?[0-9]+).*");
  private static final Pattern ONLY_EXIT = Pattern.compile("exit ([0-9]+)");

  /** One command and its answer; the name is empty when the file has none. */
  private record Section(String name, String command, CommandResult result) {}

  private final String file;
  private final String text;
  private final List<Section> sections = new ArrayList<>();

  private Transcript(String file) {
    this.file = file;
    this.text = text(file);
    Pattern exit = text.contains("\n--- exit ") ? EXIT : ONLY_EXIT;
    String name = "";
    String command = null;
    StringBuilder stdout = new StringBuilder();
    StringBuilder stderr = new StringBuilder();
    StringBuilder into = stdout;
    for (String line : text.split("\n")) {
      Matcher start = COMMAND.matcher(line);
      Matcher end = exit.matcher(line);
      if (command == null && start.matches()) {
        command = start.group(1);
        stdout.setLength(0);
        stderr.setLength(0);
        into = stdout;
      } else if (command == null) {
        name = line.startsWith("## ") ? line.substring(3) : name;
      } else if (end.matches()) {
        int code = Integer.parseInt(end.group(1));
        sections.add(
            new Section(name, command, answer(code, stdout.toString(), stderr.toString())));
        name = "";
        command = null;
      } else if (line.equals("--- stdout")) {
        command += "\n" + stdout; // its further lines
        stdout.setLength(0);
        into = stdout;
      } else if (line.equals("--- stderr")) {
        into = stderr;
      } else {
        into.append(line).append('\n');
      }
    }
  }

  /** The transcript of that name, as {@code flux/01-basic}. */
  public static Transcript of(String name) {
    return new Transcript(name + ".txt");
  }

  /** The text of any file among the transcripts, its bytes read as a head node reads them. */
  public static String text(String file) {
    try (InputStream stream = Transcript.class.getResourceAsStream("/transcripts/" + file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static boolean exists(String file) {
    return Transcript.class.getResource("/transcripts/" + file) != null;
  }

  /** An answer that stands in no file. */
  public static CommandResult answer(int exitCode, String stdout, String stderr) {
    return new CommandResult(exitCode, stdout, stderr, Duration.ofMillis(10), false);
  }

  /** The answer in the section of that name. */
  public CommandResult named(String name) {
    return all(section -> section.name().equals(name), name).get(0);
  }

  /** The answer to the first command that holds these words. */
  public CommandResult to(String words) {
    return all(words).get(0);
  }

  /** The answers to all commands that hold these words. */
  public List<CommandResult> all(String words) {
    return all(section -> section.command().contains(words), words);
  }

  private List<CommandResult> all(Predicate<Section> wanted, String words) {
    List<CommandResult> answers = sections.stream().filter(wanted).map(Section::result).toList();
    if (answers.isEmpty()) {
      throw new AssertionError(file + " has no section \"" + words + "\" among " + sections);
    }
    return answers;
  }

  /**
   * Lines of one answer among those of a session in which several commands were captured together.
   */
  public CommandResult words(int exitCode, String stdout, String stderr) {
    for (String words : List.of(stdout, stderr)) {
      if (!text.contains(words)) {
        throw new AssertionError(file + " does not say: " + words);
      }
    }
    return answer(exitCode, stdout, stderr);
  }

  /** The captured lines that begin so. */
  public List<String> lines(String beginning) {
    return text.lines().filter(line -> line.startsWith(beginning)).toList();
  }
}
