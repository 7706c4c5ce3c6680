package dev.drover.executor;

import java.io.Serializable;
import java.util.concurrent.Callable;

/** A callable that can travel: a lambda given where this is expected is serializable. */
@FunctionalInterface
public interface SerializableCallable<T> extends Callable<T>, Serializable {}
