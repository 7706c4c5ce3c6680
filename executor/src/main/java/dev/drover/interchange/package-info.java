/**
 * The broker between the executor and the managers: {@link dev.drover.interchange.InterchangeState}
 * decides, {@link dev.drover.interchange.InterchangeLoop} does.
 *
 * <p>The state is pure: events and times in, effects out, no I/O, clock or lock; one loop thread
 * owns it and the sockets. Invariant: every task submitted ends in exactly one {@link
 * dev.drover.interchange.Effect.Finish}.
 */
package dev.drover.interchange;
