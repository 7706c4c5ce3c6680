/**
 * What this node gives to the worker pool, and how many workers that makes.
 *
 * <p>Enter at {@link dev.drover.node.NodeProbe}, which the manager asks once at its start, and hand
 * its answer to {@link dev.drover.node.WorkerCount}. Any thread may call. Invariant: a figure is
 * what this process may use, after the scheduler's cgroup and affinity, never what the machine has.
 */
package dev.drover.node;
