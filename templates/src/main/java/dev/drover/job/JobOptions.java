package dev.drover.job;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a site asks of its scheduler for every job, beyond nodes and time. An absent value emits no
 * directive; a scheduler that has no word for a value ignores it, and a site file that sets one for
 * such a scheduler is refused before it comes here.
 *
 * @param account that is charged: Slurm, PBS and Torque call it so, LSF and Grid Engine a project,
 *     HTCondor an accounting group, Flux a bank
 * @param queue or partition
 * @param qos Slurm's quality of service
 * @param reservation of nodes, by name
 * @param constraint on the nodes' features: Slurm, Flux; HTCondor calls it requirements
 * @param clusters Slurm's, one name or more with commas
 * @param gres Slurm's generic resources, as {@code gpu:a100:4}
 * @param selectOptions more of a PBS chunk, as {@code ngpus=4:system=polaris}
 * @param parallelEnvironment Grid Engine's, for blocks of several nodes
 * @param exclusive whether no other job may share the nodes
 * @param filesystems PBS Professional's, which the job needs, as {@code home:flare}
 */
public record JobOptions(
    Optional<String> account,
    Optional<String> queue,
    Optional<String> qos,
    Optional<String> reservation,
    Optional<String> constraint,
    Optional<String> clusters,
    Optional<String> gres,
    Optional<String> selectOptions,
    Optional<String> parallelEnvironment,
    boolean exclusive,
    Optional<String> filesystems) {
  /** Nothing is asked for. */
  public static final JobOptions NONE =
      new JobOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty());

  public JobOptions {
    requireNonNull(account, "account");
    requireNonNull(queue, "queue");
    requireNonNull(qos, "qos");
    requireNonNull(reservation, "reservation");
    requireNonNull(constraint, "constraint");
    requireNonNull(clusters, "clusters");
    requireNonNull(gres, "gres");
    requireNonNull(selectOptions, "selectOptions");
    requireNonNull(parallelEnvironment, "parallelEnvironment");
    requireNonNull(filesystems, "filesystems");
  }

  /** Options that name no file systems. */
  public JobOptions(
      Optional<String> account,
      Optional<String> queue,
      Optional<String> qos,
      Optional<String> reservation,
      Optional<String> constraint,
      Optional<String> clusters,
      Optional<String> gres,
      Optional<String> selectOptions,
      Optional<String> parallelEnvironment,
      boolean exclusive) {
    this(
        account,
        queue,
        qos,
        reservation,
        constraint,
        clusters,
        gres,
        selectOptions,
        parallelEnvironment,
        exclusive,
        Optional.empty());
  }

  /** The same, on these file systems. */
  public JobOptions onFilesystems(Optional<String> names) {
    return new JobOptions(
        account,
        queue,
        qos,
        reservation,
        constraint,
        clusters,
        gres,
        selectOptions,
        parallelEnvironment,
        exclusive,
        names);
  }
}
