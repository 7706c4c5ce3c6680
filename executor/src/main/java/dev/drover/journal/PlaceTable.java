package dev.drover.journal;

import java.util.HashMap;
import java.util.Map;

/** A long for each task by its id, 0 = none, in pages of 65,536. Used by one thread. */
final class PlaceTable {
  private static final int PAGE_BITS = 16;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;

  private final Map<Long, long[]> pages = new HashMap<>();
  private long[] lastPage;
  private long lastNumber = -1;

  long get(long id) {
    long[] page = page(id);
    return page == null ? 0 : page[slot(id)];
  }

  void set(long id, long value) {
    long[] page = page(id);
    if (page == null) {
      page = new long[PAGE_SIZE];
      pages.put(lastNumber, page);
      lastPage = page;
    }
    page[slot(id)] = value;
  }

  private long[] page(long id) {
    long number = id >>> PAGE_BITS;
    if (number != lastNumber) {
      lastPage = pages.get(number);
      lastNumber = number;
    }
    return lastPage;
  }

  private static int slot(long id) {
    return (int) (id & (PAGE_SIZE - 1));
  }
}
