/**
 * Speaks to schedulers: submits, asks, cancels.
 *
 * <p>Start at {@link dev.drover.provider.Provider}; {@link dev.drover.provider.Providers} makes one
 * from settings. Calls block, so they belong on a provider thread, never on a loop; any thread may
 * make them. Invariant: absence is not an outcome; a terminal state comes from the scheduler's
 * record or the job script's exit-code file, and is never left.
 */
package dev.drover.provider;
