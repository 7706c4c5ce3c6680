package dev.drover.headnode;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's {@code ~/.ssh/config} as ssh_config(5) has it, for the keywords that Drover follows:
 * of several values the first holds, in blocks whose {@code Host} or {@code Match} line fits.
 * {@code Match exec}, {@code canonical}, {@code final} and {@code localnetwork} never fit here.
 */
final class SshConfig {
  /** An empty one. */
  static final SshConfig NONE = new SshConfig(List.of());

  private static final Logger LOG = LoggerFactory.getLogger(SshConfig.class);
  private static final int DEEPEST_INCLUDE = 16;
  private static final Pattern LINE = Pattern.compile("(\\S+?)(?:\\s*=\\s*|\\s+)(.*)");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Set<String> NO_ARGUMENT = Set.of("all", "canonical", "final");
  private static final Set<String> LISTS = Set.of("identityfile");

  /** A line that counts while all of the conditions fit, each a {@code Host} or {@code Match}. */
  private record Option(String keyword, List<String> words, List<Condition> conditions) {}

  /** The words of a {@code Host} line, or of a {@code Match} line. */
  private record Condition(boolean isMatch, List<String> words) {}

  private final List<Option> options;

  private SshConfig(List<Option> options) {
    this.options = List.copyOf(options);
  }

  /**
   * Reads the file and what it includes; a missing file is an empty one.
   *
   * @param home the user's, below which {@code .ssh} holds what is included by a relative name
   * @throws IOException if a file cannot be read, or includes itself
   */
  static SshConfig read(Path file, Path home) throws IOException {
    List<Option> options = new ArrayList<>();
    try {
      read(file, home, List.of(), 0, options);
    } catch (NoSuchFileException e) {
      return NONE;
    }
    return new SshConfig(options);
  }

  private static void read(
      Path file, Path home, List<Condition> outer, int depth, List<Option> options)
      throws IOException {
    if (depth > DEEPEST_INCLUDE) {
      throw new HeadNodeException(
          file
              + " is included more than "
              + DEEPEST_INCLUDE
              + " levels deep\n  fix:     look for an Include that leads back to its own file");
    }
    List<Condition> conditions = outer;
    for (String line : Files.readAllLines(file)) {
      Matcher parts = LINE.matcher(line.strip());
      if (line.strip().startsWith("#") || !parts.matches()) {
        continue;
      }
      String keyword = parts.group(1).toLowerCase(Locale.ROOT);
      List<String> words = words(parts.group(2));
      switch (keyword) {
        case "host", "match" -> {
          conditions = new ArrayList<>(outer);
          conditions.add(new Condition(keyword.equals("match"), words));
          conditions = List.copyOf(conditions);
        }
        case "include" -> {
          for (String word : words) {
            for (Path included : included(word, home)) {
              read(included, home, conditions, depth + 1, options);
            }
          }
        }
        default -> options.add(new Option(keyword, words, conditions));
      }
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      if (matcher.group(1) == null && word.startsWith("#")) {
        break;
      }
      words.add(word);
    }
    return List.copyOf(words);
  }

  private static List<Path> included(String word, Path home) throws IOException {
    Path pattern =
        word.startsWith("~/")
            ? home.resolve(word.substring(2))
            : home.resolve(".ssh").resolve(word);
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(pattern.getParent())) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(pattern.getParent(), pattern.getFileName().toString())) {
        found.forEach(files::add);
      }
    }
    files.sort(null);
    return files;
  }

  /**
   * What holds for a host: each keyword in small letters with its words; {@code identityfile} has
   * one word of each line that fits.
   *
   * @param host as the user names it
   * @param user as the user names him; null = nobody is named
   * @param localUser who runs this process
   */
  Map<String, List<String>> of(String host, String user, String localUser) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (Option option : options) {
      if (!option.conditions().stream().allMatch(c -> fits(c, host, user, localUser, found))) {
        continue;
      }
      if (LISTS.contains(option.keyword())) {
        List<String> all = new ArrayList<>(found.getOrDefault(option.keyword(), List.of()));
        all.addAll(option.words());
        found.put(option.keyword(), List.copyOf(all));
      } else if (!option.words().isEmpty()) {
        found.putIfAbsent(option.keyword(), option.words());
      }
    }
    return found;
  }

  private static boolean fits(
      Condition condition,
      String host,
      String user,
      String localUser,
      Map<String, List<String>> found) {
    if (!condition.isMatch()) {
      return HostPatterns.match(condition.words(), host);
    }
    String name = found.getOrDefault("hostname", List.of(host)).get(0).replace("%h", host);
    String remote = user != null ? user : found.getOrDefault("user", List.of(localUser)).get(0);
    List<String> words = condition.words();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i).toLowerCase(Locale.ROOT);
      boolean negated = word.startsWith("!");
      String criterion = negated ? word.substring(1) : word;
      boolean needsWord = !NO_ARGUMENT.contains(criterion);
      if (needsWord && i + 1 >= words.size()) {
        return false;
      }
      List<String> patterns = needsWord ? List.of(words.get(++i).split(",")) : List.of();
      boolean fits =
          switch (criterion) {
            case "all" -> true;
            case "host" -> HostPatterns.match(patterns, name);
            case "originalhost" -> HostPatterns.match(patterns, host);
            case "user" -> HostPatterns.match(patterns, remote);
            case "localuser" -> HostPatterns.match(patterns, localUser);
            case "canonical", "final" -> false;
            default -> {
              LOG.debug("'Match {}' of the SSH configuration is not followed", criterion);
              yield negated; // so that it never fits
            }
          };
      if (fits == negated) {
        return false;
      }
    }
    return true;
  }
}
