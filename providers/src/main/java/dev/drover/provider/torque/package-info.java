/**
 * Torque, 4 to 6. Start at {@link dev.drover.provider.torque.TorqueDialect}; its ids and its
 * refusals are those of {@link dev.drover.provider.pbs}. Pure text in and out, on any thread.
 * Invariant: a job that {@code qstat} leaves out has not ended by that.
 */
package dev.drover.provider.torque;
