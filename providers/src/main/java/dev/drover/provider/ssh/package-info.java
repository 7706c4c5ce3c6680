/**
 * Blocks on hosts without a scheduler, reached by SSH: on each host of a block, a local job.
 *
 * <p>Start at {@link dev.drover.provider.ssh.SshProvider}. No thread owns anything here. Invariant:
 * a host has at most one block of this run, and is free only once that block's end was seen.
 */
package dev.drover.provider.ssh;
