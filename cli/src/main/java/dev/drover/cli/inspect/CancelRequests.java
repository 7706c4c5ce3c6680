package dev.drover.cli.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * How {@code drover cancel} reaches a live run from any host that sees its directory: a file to
 * which it appends a line for each task, or {@code all}, and at whose length the run looks now and
 * then. The run reads only what was appended since it took its directory. Used by one thread on
 * either side.
 */
public final class CancelRequests {
  /** The line that means the whole run. */
  public static final String ALL = "all";

  private final Path file;
  private long read;

  private CancelRequests(Path file, long read) {
    this.file = file;
    this.read = read;
  }

  /** The requests to this run from now on. */
  public static CancelRequests of(Path runDirectory) {
    return after(runDirectory, told(Optional.of(runDirectory)));
  }

  /**
   * How much there is of requests to earlier processes of a run, in bytes. To be asked before the
   * run is live, since from then on requests are for it.
   *
   * @param runDirectory empty = it is yet to be made
   */
  public static long told(Optional<Path> runDirectory) {
    return runDirectory.map(run -> file(run).toFile().length()).orElse(0L);
  }

  /** The requests to this run that follow on those of earlier processes. */
  public static CancelRequests after(Path runDirectory, long told) {
    return new CancelRequests(file(runDirectory), told);
  }

  private static Path file(Path runDirectory) {
    return runDirectory.resolve("cancel");
  }

  /** Asks for these tasks, by id, or for {@link #ALL}. */
  public void ask(List<String> lines) throws IOException {
    String text = String.join("\n", lines) + "\n";
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The lines that came since the last call; a line still being written comes next time. */
  public List<String> next() throws IOException {
    long length = file.toFile().length();
    if (length <= read) {
      return List.of();
    }
    byte[] all = Files.readAllBytes(file);
    int end = all.length;
    while (end > read && all[end - 1] != '\n') {
      end--;
    }
    String text = new String(all, (int) read, end - (int) read, StandardCharsets.UTF_8);
    read = end;
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
