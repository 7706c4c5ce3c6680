/**
 * Blocks as Slurm jobs.
 *
 * <p>Start at {@link dev.drover.provider.slurm.SlurmDialect}, which words the five commands and
 * hands each answer to a small reader: listings, records, states, refusals. All of it is pure and
 * safe on any thread. Invariant: only a word of Slurm's own ends a job; a line that cannot be read
 * is no evidence.
 */
package dev.drover.provider.slurm;
