package dev.drover.manager;

import dev.drover.node.WorkerLimits;
import dev.drover.pinning.AffinityPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a worker pool is told when it is started.
 *
 * @param addresses where the interchange may be reached; the first that answers is used
 * @param port control port of the interchange
 * @param keys directory of the run's CURVE keys; empty = nothing is encrypted
 * @param pool id of this manager; empty = made up
 * @param block id of its block; empty = none
 * @param limits what bounds the number of workers
 * @param accelerators names of the node's devices; empty = none
 * @param slotsPerAccelerator slots that share one of those devices, at least 1
 * @param cpuAffinity how the node's cpus are given to the slots
 * @param prefetch tasks beyond the slots; -1 = by the tasks' run times
 * @param drainPeriod drain this long after the start; zero = never
 * @param walltime its block ends this long after the start, unless the job script says when ({@code
 *     DROVER_BLOCK_END}); zero = no end
 * @param probeTimeout longest wait for the first answer of the interchange
 * @param killGrace from TERM to KILL
 * @param runDirectory where {@code tasks/} lies for captured output
 * @param workingDirectory of tasks that name none
 * @param logDirectory for the logs of worker JVMs
 * @param scratchRoot node-local directory for sockets and output under way
 * @param javaOptions of the worker JVMs
 * @param maxPayloadBytes largest result of a Java task
 * @param mpi how it runs MPI tasks
 */
public record WorkerPoolOptions(
    List<String> addresses,
    int port,
    Optional<Path> keys,
    String pool,
    String block,
    WorkerLimits limits,
    List<String> accelerators,
    int slotsPerAccelerator,
    AffinityPolicy cpuAffinity,
    int prefetch,
    Duration drainPeriod,
    Duration walltime,
    Duration probeTimeout,
    Duration killGrace,
    Path runDirectory,
    Path workingDirectory,
    Path logDirectory,
    Path scratchRoot,
    OutputMode output,
    List<String> javaOptions,
    int maxPayloadBytes,
    MpiOptions mpi) {
  public WorkerPoolOptions {
    addresses = List.copyOf(addresses);
    Objects.requireNonNull(keys);
    Objects.requireNonNull(pool);
    Objects.requireNonNull(block);
    Objects.requireNonNull(limits);
    accelerators = List.copyOf(accelerators);
    Objects.requireNonNull(cpuAffinity);
    javaOptions = List.copyOf(javaOptions);
    Objects.requireNonNull(output);
    Objects.requireNonNull(mpi);
    if (slotsPerAccelerator < 1) {
      throw new IllegalArgumentException(
          "an accelerator has at least one slot, not " + slotsPerAccelerator);
    }
    if (addresses.isEmpty() || port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "a worker pool needs an address and a port (1 to 65535) of its interchange");
    }
  }
}
