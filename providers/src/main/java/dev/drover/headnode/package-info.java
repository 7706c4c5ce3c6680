/**
 * Where scheduler commands run: this machine, or one behind SSH.
 *
 * <p>Start at {@link dev.drover.headnode.HeadNode}. Head nodes may be used from any thread and
 * block their caller. Invariant: what ran and failed is a {@link
 * dev.drover.headnode.CommandResult}; an exception means that nobody knows whether it ran.
 */
package dev.drover.headnode;
