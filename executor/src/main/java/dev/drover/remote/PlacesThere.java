package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths of a head node as a site writes them: {@code ~/} is the home there. One thread at a time.
 */
final class PlacesThere {
  private static final Duration SHORT = Duration.ofSeconds(60);

  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");

  private final HeadNode node;
  private Optional<Path> home = Optional.empty();

  PlacesThere(HeadNode node) {
    this.node = node;
  }

  /** The home directory there, asked for once. */
  Path home() throws IOException {
    if (home.isEmpty()) {
      CommandResult result =
          node.run(Command.of(SHORT, List.of("sh", "-c", "printf %s \"$HOME\"")));
      if (!result.succeeded() || !result.stdout().startsWith("/")) {
        throw new IOException(
            node.host()
                + " does not tell the home directory there: "
                + (result.stderr().isBlank() ? result : result.stderr().strip()));
      }
      home = Optional.of(Path.of(result.stdout()));
    }
    return home.get();
  }

  /**
   * The absolute path; one that is relative otherwise is in the home. The variables of one that
   * begins with {@code $} or {@code ~/} are what they are there, after {@code headnode.init}.
   *
   * @throws IOException also where one of them is not set there
   */
  Path of(String written) throws IOException {
    String below =
        written.equals("~")
            ? ""
            : written.startsWith("~/")
                ? expanded(written.substring(2), written)
                : written.startsWith("$") ? expanded(written, written) : written;
    return Path.of(below).isAbsolute() ? Path.of(below) : home().resolve(below).normalize();
  }

  private String expanded(String text, String written) throws IOException {
    StringBuilder expanded = new StringBuilder();
    Matcher variables = VARIABLE.matcher(text);
    while (variables.find()) {
      String name = variables.group(1) == null ? variables.group(2) : variables.group(1);
      variables.appendReplacement(expanded, Matcher.quoteReplacement(variable(name, written)));
    }
    return variables.appendTail(expanded).toString();
  }

  private String variable(String name, String written) throws IOException {
    CommandResult result = node.run(Command.of(SHORT, List.of("printenv", name)));
    if (!result.succeeded()) {
      throw new IOException(
          "%s: %s is not set on %s%n  fix:     set it in headnode.init, or write the whole path"
              .formatted(written, name, node.host()));
    }
    return result.stdout().stripTrailing();
  }
}
