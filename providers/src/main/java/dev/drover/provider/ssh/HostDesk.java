package dev.drover.provider.ssh;

import dev.drover.headnode.HeadNode;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One host, as it is asked and told. One that gives no answer is left alone for a while, ever
 * longer: an attempt to reach a dead host takes as long as {@code headnode.connect-timeout}, and
 * holds up what is to be known of the others. For one thread at a time.
 */
final class HostDesk {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Set<JobState> LIVING = Set.of(JobState.PENDING, JobState.RUNNING);

  private final SshHost host;
  private final HeadNode headNode;
  private final Provider provider;
  private int failures;
  private Instant notBefore = Instant.MIN;
  private String problem = "";

  /**
   * @param headNode that host, closed with this
   * @param provider of local jobs there
   */
  HostDesk(SshHost host, HeadNode headNode, Provider provider) {
    this.host = host;
    this.headNode = headNode;
    this.provider = provider;
  }

  SshHost host() {
    return host;
  }

  String name() {
    return host.name();
  }

  Provider provider() {
    return provider;
  }

  /**
   * What it is asked for when it is to have a part of a block.
   *
   * @param place of this host in the block, from 0
   */
  JobSpec part(JobSpec block, int place) {
    ResourceSpec all = block.resources();
    Map<String, String> environment = new TreeMap<>(block.environment());
    host.slots()
        .ifPresent(slots -> environment.put(SshProvider.SLOTS_VARIABLE, Integer.toString(slots)));
    return new JobSpec(
        block.name(),
        BlockPart.directory(block.directory(), place, name(), all.nodes()),
        block.command(),
        new ResourceSpec(
            1, all.coresPerNode(), all.memoryPerNode(), all.acceleratorsPerNode(), all.walltime()),
        environment,
        block.workerInit());
  }

  /** Why it gave no answer when it was asked last; empty if it did. */
  String problem() {
    return problem;
  }

  /** Whether it is left alone for now. */
  boolean rests(Instant now) {
    return now.isBefore(notBefore);
  }

  void answered() {
    failures = 0;
    notBefore = Instant.MIN;
    problem = "";
  }

  void failed(String why, Instant now) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    failures++;
    notBefore = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    problem = why;
  }

  /** How jobs there stand; empty if there is no answer, which says nothing about any of them. */
  Optional<Map<JobId, JobStatus>> status(Set<JobId> jobs, Instant now) {
    if (rests(now)) {
      return Optional.empty();
    }
    try {
      Map<JobId, JobStatus> seen = provider.status(jobs);
      answered();
      return Optional.of(seen);
    } catch (StatusUnavailableException e) {
      failed(e.getMessage(), now);
      return Optional.empty();
    }
  }

  /**
   * The job that was submitted as this part, if it lives on this very host: its files may lie where
   * other hosts see them too.
   *
   * @throws StatusUnavailableException if there is no answer, or the host is left alone for now
   */
  Optional<BlockPart> living(JobSpec part, Instant now) throws StatusUnavailableException {
    if (rests(now)) {
      throw new StatusUnavailableException("it did not answer lately: " + problem, null);
    }
    try {
      Optional<JobId> job = provider.find(part);
      Map<JobId, JobStatus> seen = job.isEmpty() ? Map.of() : provider.status(Set.of(job.get()));
      answered();
      return job.filter(id -> seen.containsKey(id) && LIVING.contains(seen.get(id).state()))
          .map(id -> new BlockPart(name(), id, Optional.of(part.directory())));
    } catch (StatusUnavailableException e) {
      failed(e.getMessage(), now);
      throw e;
    }
  }

  void close() {
    headNode.close();
  }
}
