package dev.drover.journal;

import dev.drover.task.Ending;
import java.util.HashMap;
import java.util.Map;

/**
 * Ending, attempts and cost of each task by its id, in pages of 65,536: a byte for the ending, and
 * in pages where a task needs it two for attempts, two for lost ones and eight for the cost. Used
 * by one thread.
 */
final class TaskTable {
  private static final int PAGE_BITS = 16;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int HIGHEST = Character.MAX_VALUE;
  private static final Ending[] ENDINGS = Ending.values();

  private final Map<Long, Page> pages = new HashMap<>();
  private Page lastPage;
  private long lastNumber = -1;

  private static final class Page {
    /** Ordinal of the ending plus 1; 0 = not ended. */
    final byte[] endings = new byte[PAGE_SIZE];

    /** Attempts that ended; null = no task of the page had more than the one that finished it. */
    char[] attempts;

    char[] lost;

    double[] costs;
  }

  /** How the task ended; null = it did not. */
  Ending ending(long id) {
    Page page = page(id);
    int code = page == null ? 0 : page.endings[slot(id)];
    return code == 0 ? null : ENDINGS[code - 1];
  }

  /** Notes the end of a task; returns the end that it had before, or null. */
  Ending finish(long id, Ending ending) {
    Ending before = ending(id);
    pageFor(id).endings[slot(id)] = (byte) (ending.ordinal() + 1);
    return before;
  }

  int attempts(long id) {
    Page page = page(id);
    if (page == null) {
      return 0;
    }
    int finished = page.endings[slot(id)] == 0 ? 0 : 1;
    return page.attempts == null ? finished : Math.max(finished, page.attempts[slot(id)]);
  }

  /** Notes that {@code attempt} attempts of the task have ended. */
  void attempts(long id, int attempt) {
    Page page = pageFor(id);
    if (page.attempts == null) {
      page.attempts = new char[PAGE_SIZE];
    }
    int slot = slot(id);
    page.attempts[slot] = (char) Math.min(HIGHEST, Math.max(page.attempts[slot], attempt));
  }

  int lost(long id) {
    Page page = page(id);
    return page == null || page.lost == null ? 0 : page.lost[slot(id)];
  }

  void lose(long id) {
    Page page = pageFor(id);
    if (page.lost == null) {
      page.lost = new char[PAGE_SIZE];
    }
    int slot = slot(id);
    page.lost[slot] = (char) Math.min(HIGHEST, page.lost[slot] + 1);
  }

  /** What failed attempts of the task took of its retries. */
  double cost(long id) {
    Page page = page(id);
    return page == null || page.costs == null ? 0 : page.costs[slot(id)];
  }

  void charge(long id, double cost) {
    Page page = pageFor(id);
    if (page.costs == null) {
      page.costs = new double[PAGE_SIZE];
    }
    page.costs[slot(id)] += cost;
  }

  private Page page(long id) {
    long number = id >>> PAGE_BITS;
    if (number != lastNumber || lastPage == null) {
      lastPage = pages.get(number);
      lastNumber = number;
    }
    return lastPage;
  }

  private Page pageFor(long id) {
    Page page = page(id);
    if (page == null) {
      page = new Page();
      pages.put(id >>> PAGE_BITS, page);
      lastPage = page;
    }
    return page;
  }

  private static int slot(long id) {
    return (int) (id & (PAGE_SIZE - 1));
  }
}
