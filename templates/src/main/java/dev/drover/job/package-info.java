/**
 * The nouns of a batch job, shared by templates, launchers and providers.
 *
 * <p>Start at {@link dev.drover.job.JobSpec}: what one block asks of a scheduler. The answer is a
 * {@link dev.drover.job.JobStatus}. All types are immutable values, safe on any thread. Invariant:
 * a value that exists is valid; constructors refuse the rest with the cause and the mend.
 */
package dev.drover.job;
