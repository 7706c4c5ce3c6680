/**
 * Blocks as jobs of Grid Engine: Son of Grid Engine 8.1.9, and its kin as far as they speak alike.
 *
 * <p>Start at {@link dev.drover.provider.gridengine.GridEngineDialect}. No thread owns anything
 * here. Invariant: a job that left {@code qstat} has ended only when {@code qacct}, the exit-code
 * file or a cancel that was granted says so.
 */
package dev.drover.provider.gridengine;
