package dev.drover.cli.doctor;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import dev.drover.remote.RemoteInterchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a head node, which may be this machine, what {@code there.sh} can tell. Blocks. */
record There(HeadNode node, Duration timeout) {
  /**
   * Finds the Java that {@code interchange.sh} would start: its functions, with nothing to do but
   * this.
   */
  private static final String FIND_JAVA =
      "\nfind_java \"$2\" && printf 'java %s\\nversion %s\\n' \"$java\" \"$version\"";

  /**
   * An answer.
   *
   * @param lines each a word and what it stands for
   * @param begun when it was asked, by this machine's clock
   * @param took until it was there
   */
  record Answer(List<String> lines, Instant begun, Duration took) {
    /** What the word stands for; empty = it was not said. */
    String of(String word) {
      return all(word).stream().findFirst().orElse("");
    }

    List<String> all(String word) {
      return lines.stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1).strip())
          .toList();
    }
  }

  /**
   * The answer to a verb of the script.
   *
   * @throws IOException if there is none; the message is the command's own, or tells the mend
   */
  Answer ask(String... words) throws IOException {
    return run(script(There.class, "there.sh"), words);
  }

  /**
   * The Java that an interchange there would run with, and its version.
   *
   * @param wanted path of the site's own; empty = none
   */
  Answer java(Optional<String> wanted) throws IOException {
    return run(
        script(RemoteInterchange.class, "interchange.sh") + FIND_JAVA, ":", wanted.orElse(""));
  }

  /** The same as a step, where a wanted path that is another one is a failure. */
  Step javaStep(String name, Optional<String> wanted) throws IOException {
    Answer answer = java(wanted);
    boolean isOther = wanted.filter(path -> !path.equals(answer.of("java"))).isPresent();
    return isOther && wanted.get().startsWith("/")
        ? Step.failed(
            name,
            wanted.get() + " on " + node.host() + ": not there, or not of version 17 or newer",
            "set executor.java to one that is, such as " + answer.of("java"))
        : Step.ok(name, answer.of("version") + ", " + answer.of("java"));
  }

  /** Whether a directory of this machine is there, too, under the same path. */
  boolean sees(Path directory) throws IOException {
    Path token = Files.createTempFile(directory, ".drover-doctor-", "");
    try {
      Files.writeString(token, token.toString());
      return node.read(token).equals(Optional.of(token.toString()));
    } finally {
      Files.delete(token);
    }
  }

  private Answer run(String script, String... words) throws IOException {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(List.of(words));
    Instant begun = Instant.now();
    long start = System.nanoTime();
    CommandResult result = node.run(Command.of(timeout, argv));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (result.timedOut()) {
      throw new IOException(
          "no answer of %s in %d s%n  fix: look there for what hangs, such as a file system; or raise provider.command-timeout"
              .formatted(node.host(), timeout.toSeconds()));
    }
    if (!result.succeeded()) {
      throw new IOException(
          result.stderr().isBlank() ? "exit code " + result.exitCode() : result.stderr().strip());
    }
    return new Answer(result.stdout().lines().toList(), begun, took);
  }

  private static String script(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
