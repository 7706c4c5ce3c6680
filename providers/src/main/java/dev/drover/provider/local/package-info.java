/**
 * Blocks on the head node itself, with no scheduler: each is a session of processes.
 *
 * <p>Start at {@link dev.drover.provider.local.LocalDialect}. No thread owns anything here.
 * Invariant: a process is named by pid and start time together, so that no stranger is taken for a
 * job, let alone killed.
 */
package dev.drover.provider.local;
