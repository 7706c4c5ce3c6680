package dev.drover.cli.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * How {@code drover cancel} reaches a live run from any host that sees its directory: a file to
 * which it appends a line for each task, or {@code all}, and at whose length the run looks now and
 * then. The run reads only what was appended since it started. Used by one thread on either side.
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
    Path file = runDirectory.resolve("cancel");
    return new CancelRequests(file, file.toFile().length());
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
