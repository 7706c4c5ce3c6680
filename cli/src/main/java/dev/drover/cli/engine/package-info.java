/**
 * The command's engine: {@link dev.drover.cli.engine.ExecutorEngine} opens the run directory, the
 * site and the journal and starts a {@code HighThroughputExecutor} over them.
 *
 * <p>Called by the main thread. Invariant: what an opened ensemble holds (lock, journal, blocks) is
 * let go by its close, also when opening fails half-way.
 */
package dev.drover.cli.engine;
