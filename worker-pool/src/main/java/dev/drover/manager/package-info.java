/**
 * The worker pool's process on a node: {@link dev.drover.manager.ManagerState} decides, {@link
 * dev.drover.manager.ManagerLoop} does, {@link dev.drover.manager.WorkerPoolMain} starts both.
 *
 * <p>One loop thread owns the state and the sockets; each slot has a thread of its own, from which
 * its processes are started so that they inherit its affinity mask. Invariant: each assignment ends
 * in one outcome or is given back, and no process outlives the manager.
 */
package dev.drover.manager;
