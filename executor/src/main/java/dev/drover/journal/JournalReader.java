package dev.drover.journal;

import dev.drover.journal.JournalDecoder.NewerFormatException;
import dev.drover.journal.JournalEntry.TasksAccepted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a journal from its beginning, entry by entry, in memory that does not grow with the file. A
 * journal that is still being written may be read too.
 */
public final class JournalReader {
  private static final int BUFFER_BYTES = 256 * 1024;

  /** No entry comes near this; a longer "line" is no journal and would eat the memory. */
  private static final int LONGEST_LINE = 512 * 1024 * 1024;

  private final Path file;
  private final EntryAt each;
  private final FirstLook firstLook;
  private final JournalDecoder decoder = new JournalDecoder();
  private byte[] buffer = new byte[BUFFER_BYTES];
  private long lines;
  private long entries;
  private long wholeBytes;
  private IOException broken;
  private int brokenLength;

  /** Takes an entry and where in the file its line begins, in bytes. */
  @FunctionalInterface
  interface EntryAt {
    void accept(long offset, JournalEntry entry);
  }

  /** Takes a line after the first unparsed; false = it wants to have it parsed. */
  @FunctionalInterface
  interface FirstLook {
    boolean take(byte[] bytes, int from, int length, long offset);
  }

  private JournalReader(Path file, FirstLook firstLook, EntryAt each) {
    this.file = file;
    this.firstLook = firstLook;
    this.each = each;
  }

  /**
   * Hands every entry of {@code file} to {@code each}, in the order of writing. A last line that
   * was cut off is left out and reported in the summary.
   *
   * @throws JournalException a line before the last is broken, the file is no journal, or a newer
   *     major version wrote it
   */
  public static JournalSummary read(Path file, Consumer<? super JournalEntry> each)
      throws IOException {
    return readPlaced(
        file, (bytes, from, length, offset) -> false, (offset, entry) -> each.accept(entry));
  }

  /** Does the same, says where each entry lies, and spares the parsing of what was taken before. */
  static JournalSummary readPlaced(Path file, FirstLook firstLook, EntryAt each)
      throws IOException {
    return new JournalReader(file, firstLook, each).run();
  }

  /**
   * Hands over the tasks that have not ended, in the order of their ids: the second pass of a
   * resume, after {@link RunState#replay} of the same file.
   *
   * @throws JournalException as {@link #read} does
   */
  public static void unfinished(Path file, RunState state, Consumer<? super Unfinished> each)
      throws IOException {
    UnfinishedParts parts = new UnfinishedParts(state, each);
    LineStart start = new LineStart();
    readPlaced(
        file,
        (bytes, from, length, offset) ->
            start.begin(bytes, from, length)
                && (start.is(JournalEncoder.TASK_FINISHED)
                    || start.is(JournalEncoder.ATTEMPT_ENDED)),
        (offset, entry) -> {
          if (entry instanceof TasksAccepted batch) {
            parts.take(batch);
          }
        });
  }

  private JournalSummary run() throws IOException {
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      while (true) {
        if (kept == buffer.length) {
          grow();
        }
        int read = in.read(buffer, kept, buffer.length - kept);
        if (read < 0) {
          break;
        }
        kept = takeLines(kept, kept + read);
      }
    }
    if (broken != null && kept > 0) {
      throw brokenLine();
    }
    return new JournalSummary(
        entries,
        decoder.skippedEntries(),
        decoder.skippedKeys(),
        wholeBytes,
        kept + (long) brokenLength);
  }

  /** Takes the whole lines of the buffer and moves the rest to its front; returns its length. */
  private int takeLines(int searched, int end) throws IOException {
    int start = 0;
    for (int i = searched; i < end; i++) {
      if (buffer[i] == '\n') {
        take(start, i - start);
        start = i + 1;
      }
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
    }
    return end - start;
  }

  private void take(int start, int length) throws IOException {
    if (broken != null) {
      throw brokenLine();
    }
    lines++;
    if (lines > 1 && firstLook.take(buffer, start, length, wholeBytes)) {
      wholeBytes += length + 1L;
      return;
    }
    Optional<JournalEntry> entry;
    try {
      entry = decoder.decode(buffer, start, length);
    } catch (NewerFormatException e) {
      throw newer(file, e);
    } catch (IOException e) {
      if (lines == 1) {
        throw notAJournal(file);
      }
      // Only the last line may be broken: a machine that lost power can leave it so, newline and
      // all.
      broken = e;
      brokenLength = length + 1;
      return;
    }
    if (lines == 1 && !(entry.orElse(null) instanceof JournalEntry.RunStarted)) {
      throw notAJournal(file);
    }
    long offset = wholeBytes;
    wholeBytes += length + 1L;
    if (entry.isPresent()) {
      entries++;
      each.accept(offset, entry.get());
    }
  }

  private void grow() throws JournalException {
    if (buffer.length >= LONGEST_LINE) {
      throw new JournalException(
          "line %d of the journal is longer than %d MB".formatted(lines + 1, LONGEST_LINE >> 20),
          file + ":" + (lines + 1),
          "check that this is a Drover journal",
          null);
    }
    buffer = Arrays.copyOf(buffer, buffer.length * 2);
  }

  private JournalException brokenLine() {
    return new JournalException(
        "line %d of the journal is broken: %s".formatted(lines, firstLine(broken)),
        file + ":" + lines,
        ("keep a copy, delete line %d and resume; a task whose end it told runs again, and tasks"
                + " that it accepted are gone")
            .formatted(lines),
        broken);
  }

  static JournalException newer(Path file, NewerFormatException e) {
    return new JournalException(
        e.getMessage(), file.toString(), "use the Drover that wrote it, or a newer one", e);
  }

  static JournalException notAJournal(Path file) {
    return new JournalException(
        "the file is no journal: its first line does not start a run",
        file + ":1",
        "check the path; a journal is journal.jsonl in a run directory",
        null);
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
