/**
 * Blocks as jobs of a Flux instance, each an instance of its own.
 *
 * <p>Start at {@link dev.drover.provider.flux.FluxDialect}. No thread owns anything here.
 * Invariant: what became of a job is read from its result and its exception, never from a return
 * code alone.
 */
package dev.drover.provider.flux;
