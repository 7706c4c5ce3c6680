package dev.drover.mpi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * Ends what a task that is over left of its ranks on its nodes, where this process cannot look:
 * killing what started them need not be the end of them.
 *
 * <p>Any thread may call; several may at once.
 */
@FunctionalInterface
public interface LeftRanks {
  /**
   * For launchers whose own daemons end the ranks of a launcher that is gone: hydra's and Open
   * MPI's do.
   */
  LeftRanks NONE = (nodes, patience) -> Optional.empty();

  /**
   * Ends them and waits until they are gone. The task's processes on this node must be gone before.
   *
   * @param nodes the task's, its command's first
   * @param patience longest wait; a scheduler that does not answer costs no more either
   * @return what may still run, and why, for the task's message; empty = nothing is left
   */
  Optional<String> end(List<String> nodes, Duration patience);

  /**
   * By the batch job around this process. In one of Slurm's whatever starts ranks makes steps of
   * the job: srun, a user's own too, and the launchers of MPICH and Open MPI.
   *
   * @param host this node, as its kernel or its scheduler names it
   * @param isRunning whether a process of this node can still run
   */
  static LeftRanks of(Map<String, String> environment, String host, LongPredicate isRunning) {
    String job = environment.getOrDefault("SLURM_JOB_ID", "");
    return job.isBlank()
        ? NONE
        : new SlurmSteps(
            job,
            environment.getOrDefault("SLURM_STEP_ID", ""),
            host,
            isRunning,
            HostCommand::within);
  }
}
