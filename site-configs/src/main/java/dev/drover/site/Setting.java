package dev.drover.site;

/**
 * A key's effective value, and where it was set.
 *
 * @param note what became of the text on the way to the value, for people; mostly empty
 */
record Setting<T>(T value, Origin origin, String note) {
  Setting(T value, Origin origin) {
    this(value, origin, "");
  }
}
