/**
 * Keeps work on chosen processors and points it at chosen accelerators.
 *
 * <p>Enter at {@link dev.drover.pinning.SlotPlaces}: the cpus and devices of each worker, made when
 * a manager starts from an {@link dev.drover.pinning.AffinityPolicy} and what the node tells.
 * {@link dev.drover.pinning.CpuAffinity} speaks of the calling thread, and what that thread starts
 * inherits its mask. Any thread may call. Invariant: a set never names a cpu beyond what a mask can
 * hold, and no two workers have the same accelerator entry.
 */
package dev.drover.pinning;
