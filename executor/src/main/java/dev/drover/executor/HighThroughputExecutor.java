package dev.drover.executor;

/** Placeholder while the engine is being built. */
public final class HighThroughputExecutor {
  private HighThroughputExecutor() {}
}
