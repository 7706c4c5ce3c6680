/**
 * What the user holds: {@link dev.drover.executor.HighThroughputExecutor}, an {@code
 * ExecutorService} whose tasks run on the nodes of batch jobs.
 *
 * <p>Its methods may be called from any thread; callbacks come on its own callback threads, never
 * on a loop. Invariant: every task that was accepted ends in exactly one {@link
 * dev.drover.submit.TaskReport}.
 */
package dev.drover.executor;
