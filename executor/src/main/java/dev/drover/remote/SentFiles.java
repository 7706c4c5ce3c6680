package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of this machine that the tasks of a run find in their working directory on the head node.
 * Each content is sent once, and kept there by its SHA-256 for all runs. One thread at a time.
 */
public final class SentFiles {
  /** Nothing is sent. */
  public static final SentFiles NONE = new SentFiles(List.of());

  /** What was sent for a run, in its directory here. */
  private static final String KEPT = "sent.txt";

  private static final Logger log = LoggerFactory.getLogger(SentFiles.class);
  private static final Duration LONGEST = Duration.ofMinutes(30);

  /**
   * @param name in the working directory there
   */
  private record Sent(Path file, String name, String sha256, boolean executable) {
    String line() {
      return sha256 + (executable ? "/700/" : "/600/") + name + "\n";
    }
  }

  private final List<Sent> files;

  private SentFiles(List<Sent> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Files, and directories with all files below them (links are followed), which keep their last
   * name; each is read once, for its hash.
   *
   * @throws IllegalArgumentException with all that cannot be sent
   */
  public static SentFiles of(List<Path> named) {
    Map<String, Sent> sent = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (Path each : named) {
      Path root = each.toAbsolutePath().normalize();
      if (root.getFileName() == null || !Files.exists(root)) {
        problems.add(each + ": no such file or directory");
        continue;
      }
      try (Stream<Path> below = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
        for (Path file : below.filter(path -> !Files.isDirectory(path)).sorted().toList()) {
          add(file, root.getParent().relativize(file).toString(), sent, problems);
        }
      } catch (IOException | UncheckedIOException e) {
        problems.add(each + ": cannot be read: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return new SentFiles(List.copyOf(sent.values()));
  }

  private static void add(Path file, String name, Map<String, Sent> sent, List<String> problems) {
    if (name.lines().count() != 1) {
      problems.add(file + ": a name of several lines cannot be sent");
    } else if (!Files.isRegularFile(file)) {
      problems.add(file + ": it is no regular file");
    } else {
      try {
        Sent before =
            sent.putIfAbsent(
                name, new Sent(file, name, new FileHashes().of(file), Files.isExecutable(file)));
        if (before != null && !before.file().equals(file)) {
          problems.add(file + ": it would have the name of " + before.file() + " there: " + name);
        }
      } catch (IOException e) {
        problems.add(file + ": cannot be read: " + e.getMessage());
      }
    }
  }

  public boolean isEmpty() {
    return files.isEmpty();
  }

  /** Whether files were sent for the run of this run directory, so that its tasks start there. */
  public static boolean wereSent(Path runDirectory) {
    return Files.exists(runDirectory.resolve(KEPT));
  }

  /** Keeps what is sent in the run directory here. */
  public void keepIn(Path runDirectory) throws IOException {
    Path unfinished = runDirectory.resolve(KEPT + ".new");
    Files.writeString(unfinished, files.stream().map(Sent::line).collect(Collectors.joining()));
    Files.move(
        unfinished,
        runDirectory.resolve(KEPT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Sends what is not there, and puts all into the working directory of the run there. What has a
   * file's name there already stays as it is.
   *
   * @throws IOException when it is not all there, saying why
   */
  public void send(SshHeadNode node, RemoteRunPlan plan) throws IOException {
    Path runs = new PlacesThere(node).of(plan.runs());
    Map<String, Path> contents = new LinkedHashMap<>();
    files.forEach(each -> contents.putIfAbsent(each.sha256(), each.file()));
    List<String> missing = script(node, contents.keySet(), "missing", runs.toString());
    for (String hash : missing) {
      log.info("sending {} to {}", contents.get(hash), node.host());
      node.send(contents.get(hash), runs.resolve(".sent").resolve(hash), FileMode.PRIVATE);
    }
    List<String> others = script(node, missing, "check", runs.toString());
    if (!others.isEmpty()) {
      throw new IOException(
          "changed while it was sent: "
              + others.stream()
                  .map(hash -> "" + contents.get(hash))
                  .collect(Collectors.joining(", "))
              + "\n  fix:     start again when nothing writes to it");
    }
    Path work = runs.resolve(plan.name()).resolve(RemoteRunPlan.WORK);
    List<String> lines = files.stream().map(each -> each.line().stripTrailing()).toList();
    script(node, lines, "place", runs.toString(), work.toString());
  }

  private static List<String> script(SshHeadNode node, Iterable<String> lines, String... words)
      throws IOException {
    List<String> argv =
        new ArrayList<>(List.of("sh", "-c", RemoteRunFiles.script("sent.sh"), "sent"));
    argv.addAll(List.of(words));
    StringBuilder input = new StringBuilder();
    lines.forEach(line -> input.append(line).append('\n'));
    CommandResult result = node.run(new Command(argv, LONGEST, Optional.of(input.toString())));
    if (!result.succeeded()) {
      throw new IOException(
          "the files cannot be put where tasks find them on %s (%s): %s%n  fix:     look there whether %s is writable and has room"
              .formatted(
                  node.host(),
                  words[0],
                  result.timedOut() ? "no end in time" : result.stderr().strip(),
                  words[words.length - 1]));
    }
    return result.stdout().lines().toList();
  }
}
