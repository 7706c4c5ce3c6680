package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.SecretPrompt;
import dev.drover.headnode.SshHeadNode;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files of a run that lives on a head node behind SSH: what its tasks wrote, what was sent for
 * them, and the drover that reads its journal. Nothing is connected before the first use. One
 * thread at a time.
 */
public final class RemoteRunFiles implements AutoCloseable {
  /** First in each list, so that one whose beginning is lost shows. */
  private static final String BEGIN = "begin";

  private static final Duration LONGEST_LISTING = Duration.ofMinutes(5);

  /** A journal of millions of tasks is read for it, on a login node. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

  /**
   * A file there.
   *
   * @param path absolute
   * @param name relative to where its pattern was looked for
   * @param bytes its size when it was listed
   */
  public record Found(Path path, Path name, long bytes) {}

  private final SshHeadNode node;
  private final PlacesThere places;
  private final String runs;
  private final String name;
  private final Optional<String> workingDirectory;

  private RemoteRunFiles(SshHeadNode node, String runs, String name, Optional<String> working) {
    this.node = node;
    this.places = new PlacesThere(node);
    this.runs = runs;
    this.name = name;
    this.workingDirectory = working;
  }

  /**
   * Those of a run.
   *
   * @param site as the run keeps it
   * @param name of its directory, here and there
   * @param worksInRun whether its tasks start in the directory of sent files
   * @param prompt asks for passphrases, passwords and codes
   * @return empty = the run is on this machine
   */
  public static Optional<RemoteRunFiles> of(
      Site site, String name, boolean worksInRun, SecretPrompt prompt) {
    if (site.get(SiteKeys.HEADNODE_INTERCHANGE) == SiteKeys.InterchangePlace.HERE) {
      return Optional.empty();
    }
    String there = site.get(SiteKeys.HEADNODE_RUNS);
    Optional<String> working =
        worksInRun
            ? Optional.of(there + "/" + name + "/" + RemoteRunPlan.WORK)
            : site.get(SiteKeys.WORKER_WORKING_DIR);
    return SiteHeadNode.overSsh(site, prompt)
        .map(node -> new RemoteRunFiles(node, there, name, working));
  }

  /** The head node's name. */
  public String host() {
    return node.host();
  }

  /** The run directory there. */
  public Path directory() throws IOException {
    return places.of(runs).resolve(name);
  }

  /** Where tasks start that name no directory. */
  public Path workingDirectory() throws IOException {
    return workingDirectory.isPresent() ? places.of(workingDirectory.get()) : places.home();
  }

  /**
   * Copies a part of a file.
   *
   * @param file absolute, or relative to the run directory
   * @return how many bytes there were; empty = there is no such file
   */
  public OptionalLong copy(String file, long offset, long length, OutputStream to)
      throws IOException {
    return node.copy(directory().resolve(file), offset, length, to);
  }

  /**
   * The files that a shell's pattern names there, with all below directories that it names: in the
   * tasks' working directory, or else in the run directory; an absolute one as it is.
   *
   * @return empty = none
   * @throws IOException also where more are named than can be listed
   */
  public List<Found> find(String pattern) throws IOException {
    if (pattern.startsWith("/")) {
      return find(Path.of("/"), pattern.substring(1));
    }
    if (pattern.startsWith("~/")) {
      return find(places.home(), pattern.substring(2));
    }
    List<Found> found = find(workingDirectory(), pattern);
    return found.isEmpty() ? find(directory(), pattern) : found;
  }

  private List<Found> find(Path base, String pattern) throws IOException {
    CommandResult result =
        node.run(
            Command.of(
                LONGEST_LISTING,
                List.of("sh", "-c", script("find.sh"), "find", base.toString(), pattern)));
    String listed = result.stdout();
    if (!result.succeeded()) {
      throw new IOException(
          "'%s' cannot be looked for in %s on %s: %s%n  fix:     name fewer files"
              .formatted(
                  pattern,
                  base,
                  host(),
                  result.timedOut() ? "no answer in time" : result.stderr()));
    }
    if (!listed.startsWith(BEGIN)) {
      throw new IOException(
          "'%s' names too many files in %s on %s to list%n  fix:     fetch them in several calls"
              .formatted(pattern, base, host()));
    }
    List<Found> found = new ArrayList<>();
    for (String each : listed.substring(BEGIN.length()).split("\0")) {
      int blank = each.indexOf(' ');
      if (blank > 0) {
        Path below = Path.of(each.substring(blank + 1)).normalize();
        found.add(new Found(base.resolve(below), below, Long.parseLong(each.substring(0, blank))));
      }
    }
    return found;
  }

  /**
   * Copies a file to this machine: afterwards there is the old one or the whole new one.
   * Directories above it are made.
   *
   * @return its size
   */
  public long fetch(Path there, Path to) throws IOException {
    Files.createDirectories(to.toAbsolutePath().getParent());
    Path unfinished =
        Files.createTempFile(to.toAbsolutePath().getParent(), ".drover-fetch-", ".part");
    try {
      OptionalLong copied;
      try (OutputStream out = Files.newOutputStream(unfinished)) {
        copied = node.copy(there, 0, Long.MAX_VALUE, out);
      }
      if (copied.isEmpty()) {
        throw new IOException(there + " has gone from " + host());
      }
      Files.move(
          unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return copied.getAsLong();
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Runs the drover there that the run's interchange was started with.
   *
   * @param words for it
   * @return what it says; where it cannot be started, exit code 70, 71 or 72, and on stderr why
   */
  public CommandResult drover(List<String> words) throws IOException {
    List<String> argv =
        new ArrayList<>(List.of("sh", "-c", script("ask.sh"), "ask", directory().toString()));
    argv.addAll(words);
    return node.run(Command.of(LONGEST_ANSWER, argv));
  }

  /** Shell scripts of this package, the later ones with what the earlier ones define. */
  static String script(String... names) throws IOException {
    StringBuilder script = new StringBuilder();
    for (String name : names) {
      try (InputStream in = RemoteRunFiles.class.getResourceAsStream(name)) {
        script.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return script.toString();
  }

  @Override
  public void close() {
    node.close();
  }
}
