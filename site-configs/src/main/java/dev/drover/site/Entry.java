package dev.drover.site;

/** One {@code key = text} as it was written, and where. */
record Entry(String key, String text, Origin origin) {}
