/**
 * Keeps work on chosen processors.
 *
 * <p>Enter at {@link dev.drover.pinning.CpuAffinity}: it speaks of the calling thread, and what
 * that thread starts inherits its mask. {@link dev.drover.pinning.CpuSet} names the processors, in
 * the kernel's own notation. Invariant: a set never names a cpu beyond what a mask can hold.
 */
package dev.drover.pinning;
