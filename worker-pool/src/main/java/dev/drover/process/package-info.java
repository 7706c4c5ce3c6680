/**
 * Starts commands on this node, waits for them, and clears away what they leave behind.
 *
 * <p>Enter at {@link dev.drover.process.ProcessSpawner}. A child is started and awaited on its
 * slot's thread, whose affinity mask it inherits; signals may come from any thread. Invariant: a
 * signal never reaches a process that merely reuses the pid of a finished child. {@code LibC} is
 * the only class that declares functions of the C library.
 */
package dev.drover.process;
