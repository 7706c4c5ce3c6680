package dev.drover.journal;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a journal says of single tasks, at the moment it was opened: one pass notes where the lines
 * of each task lie (8 bytes for each task that ended, 20 for each acceptance), and they are read
 * when they are asked for. The journal may be one that a live run writes. Used by one thread.
 */
public final class JournalIndex implements AutoCloseable {
  private final FileChannel channel;
  private final JournalPlaces places;
  // Each kind of line is read along the file at its own pace.
  private final PlacedLines acceptances;
  private final PlacedLines attempts;
  private final PlacedLines ends;
  private long lastPlace = -1;
  private TasksAccepted lastAcceptance;

  private JournalIndex(Path file, FileChannel channel, JournalPlaces places) {
    this.channel = channel;
    this.places = places;
    acceptances = new PlacedLines(file, channel);
    attempts = new PlacedLines(file, channel);
    ends = new PlacedLines(file, channel);
  }

  /**
   * Reads {@code file} once. A last line that was cut off is left out.
   *
   * @throws JournalException as {@link JournalReader#read} does; but a line that begins well and is
   *     broken further on is only found when it is asked for
   */
  public static JournalIndex open(Path file) throws IOException {
    JournalPlaces places = new JournalPlaces();
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      JournalReader.readPlaced(file, places::take, places::take);
      return new JournalIndex(file, channel, places);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** Highest id that was accepted; 0 = none. */
  public long lastAccepted() {
    return places.lastAccepted();
  }

  /** How the run's last process ended; empty = it was killed, or still runs. */
  public Optional<RunEnded> end() {
    return places.end();
  }

  /** The acceptance that the task was part of; empty = the journal knows no such task. */
  public Optional<TasksAccepted> acceptance(TaskId id) throws IOException {
    long place = places.acceptance(id.value());
    if (place < 0) {
      return Optional.empty();
    }
    if (place != lastPlace) {
      lastAcceptance = (TasksAccepted) acceptances.read(place);
      lastPlace = place;
    }
    return Optional.of(lastAcceptance);
  }

  /** Its end for good; empty = it has not ended. */
  public Optional<TaskFinished> end(TaskId id) throws IOException {
    long place = places.end(id.value());
    return place < 0 ? Optional.empty() : Optional.of((TaskFinished) ends.read(place));
  }

  /** Its attempts that ended without being its end, in their order. */
  public List<AttemptEnded> attempts(TaskId id) throws IOException {
    long[] found = places.attempts(id.value());
    if (found.length == 0) {
      return List.of();
    }
    List<AttemptEnded> list = new ArrayList<>(found.length);
    for (long place : found) {
      list.add((AttemptEnded) attempts.read(place));
    }
    return list;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
