/**
 * MPI tasks: what one asks for, where it runs, and the words that start its ranks there.
 *
 * <p>Enter at {@link dev.drover.mpi.NodePacker}, which decides what waiting task goes to which
 * nodes; {@link dev.drover.mpi.MpiRequest} is a task's own specification, {@link
 * dev.drover.mpi.NodeList} the nodes of the job around this process, {@link
 * dev.drover.mpi.MpiEnvironment} what the task is told, {@link dev.drover.mpi.LeftRanks} the end of
 * ranks whose launcher is gone. All is pure but that and the reading of the node list; a packer
 * belongs to one thread. Invariant: no slot of a node is given out twice, and each one comes back,
 * however its task ended.
 */
package dev.drover.mpi;
