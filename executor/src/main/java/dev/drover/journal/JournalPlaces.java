package dev.drover.journal;

import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.BlockChanged;
import dev.drover.journal.JournalEntry.ManagerJoined;
import dev.drover.journal.JournalEntry.ManagerLeft;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.RunStarted;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where in the file the lines about each task begin: 8 bytes for each end, 20 for each acceptance,
 * up to 20 for each attempt. Used by one thread.
 */
final class JournalPlaces implements JournalEntry.Cases<Void> {
  private final LineStart start = new LineStart();
  private final PlaceTable ends = new PlaceTable();

  // Acceptances, by their first ids.
  private long[] firstIds = new long[16];
  private int[] counts = new int[16];
  private long[] acceptances = new long[16];
  private int accepted;
  private long lastAccepted;

  // Attempts, each with the one before of the same task; numbers count from 1.
  private final PlaceTable lastAttempts = new PlaceTable();
  private long[] attempts = new long[16];
  private int[] previous = new int[16];
  private int attemptCount;

  private long offset;
  private Optional<RunEnded> end = Optional.empty();

  /** Takes a line by its beginning; false = it needs to be parsed. */
  boolean take(byte[] bytes, int from, int length, long at) {
    if (!start.begin(bytes, from, length)) {
      return false;
    }
    offset = at;
    if (start.is(JournalEncoder.TASK_FINISHED)) {
      return ended(start.id());
    }
    if (start.is(JournalEncoder.TASKS_ACCEPTED)) {
      long id = start.id();
      long count = start.count();
      long index = start.index();
      return (count == 1 || index >= 0) && accepted(id, count);
    }
    return start.is(JournalEncoder.ATTEMPT_ENDED) && attempted(start.id());
  }

  /** Takes a line that was parsed. */
  void take(long at, JournalEntry entry) {
    offset = at;
    entry.match(this);
  }

  private boolean ended(long id) {
    if (id < 1) {
      return false;
    }
    ends.set(id, offset);
    return true;
  }

  private boolean accepted(long id, long count) {
    if (id < 1 || count < 1 || count > Integer.MAX_VALUE) {
      return false;
    }
    // Ids count up; the first word on a task is the one that stands.
    if (id > lastAccepted) {
      if (accepted == firstIds.length) {
        int larger = accepted + (accepted >> 1);
        firstIds = Arrays.copyOf(firstIds, larger);
        counts = Arrays.copyOf(counts, larger);
        acceptances = Arrays.copyOf(acceptances, larger);
      }
      firstIds[accepted] = id;
      counts[accepted] = (int) count;
      acceptances[accepted++] = offset;
      lastAccepted = id + count - 1;
    }
    return true;
  }

  private boolean attempted(long id) {
    if (id < 1) {
      return false;
    }
    if (attemptCount == attempts.length) {
      int larger = attemptCount + (attemptCount >> 1);
      attempts = Arrays.copyOf(attempts, larger);
      previous = Arrays.copyOf(previous, larger);
    }
    attempts[attemptCount] = offset;
    previous[attemptCount++] = (int) lastAttempts.get(id);
    lastAttempts.set(id, attemptCount);
    return true;
  }

  /** How the run's last process ended; empty = it was killed, or still runs. */
  Optional<RunEnded> end() {
    return end;
  }

  long lastAccepted() {
    return lastAccepted;
  }

  /** Where the task was accepted; -1 = it was not. */
  long acceptance(long id) {
    int found = Arrays.binarySearch(firstIds, 0, accepted, id);
    int at = found >= 0 ? found : -found - 2;
    return at >= 0 && id - firstIds[at] < counts[at] ? acceptances[at] : -1;
  }

  /** Where the task ended for good; -1 = it did not. */
  long end(long id) {
    long place = ends.get(id);
    return place == 0 ? -1 : place;
  }

  /** Where the attempts of the task ended that were not the last, in their order. */
  long[] attempts(long id) {
    int last = (int) lastAttempts.get(id);
    int count = 0;
    for (int number = last; number > 0; number = previous[number - 1]) {
      count++;
    }
    long[] places = new long[count];
    for (int number = last; number > 0; number = previous[number - 1]) {
      places[--count] = attempts[number - 1];
    }
    return places;
  }

  @Override
  public Void tasksAccepted(TasksAccepted entry) {
    accepted(entry.firstId().value(), entry.count());
    return null;
  }

  @Override
  public Void taskFinished(TaskFinished entry) {
    ended(entry.report().id().value());
    return null;
  }

  @Override
  public Void attemptEnded(AttemptEnded entry) {
    attempted(entry.id().value());
    return null;
  }

  @Override
  public Void runStarted(RunStarted entry) {
    end = Optional.empty();
    return null;
  }

  @Override
  public Void blockChanged(BlockChanged entry) {
    return null;
  }

  @Override
  public Void managerJoined(ManagerJoined entry) {
    return null;
  }

  @Override
  public Void managerLeft(ManagerLeft entry) {
    return null;
  }

  @Override
  public Void runEnded(RunEnded entry) {
    end = Optional.of(entry);
    return null;
  }
}
