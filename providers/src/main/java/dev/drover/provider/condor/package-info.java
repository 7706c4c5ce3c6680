/**
 * Blocks as jobs of HTCondor's vanilla universe, one machine each.
 *
 * <p>Start at {@link dev.drover.provider.condor.CondorDialect}. No thread owns anything here.
 * Invariant: the queue and the history print the same columns and are read by the same code, so
 * that a job means the same in both.
 */
package dev.drover.provider.condor;
