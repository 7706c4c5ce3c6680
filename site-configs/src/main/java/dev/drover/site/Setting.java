package dev.drover.site;

/** A key's effective value, and where it was set. */
record Setting<T>(T value, Origin origin) {}
