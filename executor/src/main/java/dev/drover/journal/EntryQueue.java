package dev.drover.journal;

import java.util.Arrays;

/**
 * Entries and their callbacks, side by side so that no object is made for a pair. Not thread-safe.
 */
final class EntryQueue {
  private static final int SMALL = 1024;

  /** A queue that a burst made longer than this is made small again. */
  private static final int LARGE = 256 * 1024;

  private JournalEntry[] entries = new JournalEntry[SMALL];
  private Runnable[] callbacks = new Runnable[SMALL];
  private int size;

  int size() {
    return size;
  }

  JournalEntry entry(int index) {
    return entries[index];
  }

  Runnable callback(int index) {
    return callbacks[index];
  }

  void add(JournalEntry entry, Runnable callback) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
      callbacks = Arrays.copyOf(callbacks, size * 2);
    }
    entries[size] = entry;
    callbacks[size++] = callback;
  }

  /** Forgets one pair that is done with, so that a long queue gives back its memory on the way. */
  void release(int index) {
    entries[index] = null;
    callbacks[index] = null;
  }

  void clear() {
    if (entries.length > LARGE) {
      entries = new JournalEntry[SMALL];
      callbacks = new Runnable[SMALL];
    } else {
      Arrays.fill(entries, 0, size, null);
      Arrays.fill(callbacks, 0, size, null);
    }
    size = 0;
  }
}
