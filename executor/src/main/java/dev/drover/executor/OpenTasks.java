package dev.drover.executor;

import dev.drover.interchange.Submission;
import dev.drover.protocol.IdRange;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The tasks that a remote interchange has and whose ends have not come: each ends once, whatever
 * comes twice. An array of tasks is one object. Any thread may call.
 */
final class OpenTasks {
  private static final class Open {
    final long firstId;
    final int count;
    Completion completion;
    BitSet ended;
    int left;

    Open(Submission submission) {
      TaskBatch batch = submission.batch();
      firstId = submission.firstId();
      count = batch.count();
      left = count;
      completion = batch.completion();
    }

    boolean isOpen(int place) {
      return left > 0 && (ended == null || !ended.get(place));
    }
  }

  /** By their ids, which hardly ever come out of order. */
  private final ArrayList<Open> all = new ArrayList<>();

  /** Before it, all have ended. */
  private int firstOpen;

  private long count;

  synchronized void add(Submission submission) {
    Open open = new Open(submission);
    int place = all.size();
    while (place > firstOpen && all.get(place - 1).firstId > open.firstId) {
      place--;
    }
    all.add(place, open);
    count += open.count;
  }

  /** The task has ended; null = it had before, or is unknown. */
  synchronized Completion end(long id) {
    int place = find(id);
    if (place < 0) {
      return null;
    }
    Open open = all.get(place);
    int at = (int) (id - open.firstId);
    if (!open.isOpen(at)) {
      return null;
    }
    Completion completion = open.completion;
    open.left--;
    count--;
    if (open.left == 0) {
      open.completion = null;
      open.ended = null;
      passEnded();
    } else {
      open.ended = open.ended == null ? new BitSet(open.count) : open.ended;
      open.ended.set(at);
    }
    return completion;
  }

  private void passEnded() {
    while (firstOpen < all.size() && all.get(firstOpen).left == 0) {
      firstOpen++;
    }
    if (firstOpen > 1_000 && firstOpen > all.size() / 2) {
      all.subList(0, firstOpen).clear();
      firstOpen = 0;
    }
  }

  private int find(long id) {
    int low = firstOpen;
    int high = all.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Open open = all.get(middle);
      if (id < open.firstId) {
        high = middle - 1;
      } else if (id >= open.firstId + open.count) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return -1;
  }

  synchronized long count() {
    return count;
  }

  /** Their ids, put together where they follow each other. */
  synchronized List<IdRange> ranges() {
    List<IdRange> ranges = new ArrayList<>();
    long first = 0;
    long last = 0;
    for (Open open : all.subList(firstOpen, all.size())) {
      for (int at = 0; at < open.count; at++) {
        if (open.isOpen(at)) {
          long id = open.firstId + at;
          if (first == 0 || id != last + 1) {
            if (first != 0) {
              ranges.add(new IdRange(first, last));
            }
            first = id;
          }
          last = id;
        }
      }
    }
    if (first != 0) {
      ranges.add(new IdRange(first, last));
    }
    return ranges;
  }

  /** Takes all that are left out, and gives each with its completion. */
  void drain(BiConsumer<Long, Completion> each) {
    for (IdRange range : ranges()) {
      for (long id = range.first(); id <= range.last(); id++) {
        Completion completion = end(id);
        if (completion != null) {
          each.accept(id, completion);
        }
      }
    }
  }
}
