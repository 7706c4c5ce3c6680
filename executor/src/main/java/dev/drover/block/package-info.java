/**
 * Blocks and their scaling: {@link dev.drover.block.BlockScaler} decides how many there shall be,
 * {@link dev.drover.block.BlockSupervisor} submits, watches and ends them.
 *
 * <p>One thread, {@code drover-blocks}, owns the supervisor's fields and is the only one that waits
 * for the provider. Invariant: a block is over only on positive evidence, never because a listing
 * lacks it.
 */
package dev.drover.block;
