package dev.drover.executor;

import java.io.Serializable;

/** A runnable that can travel: a lambda given where this is expected is serializable. */
@FunctionalInterface
public interface SerializableRunnable extends Runnable, Serializable {}
