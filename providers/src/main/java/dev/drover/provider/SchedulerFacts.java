package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a scheduler tells of itself. What is empty was not told: nothing follows from it.
 *
 * @param version the scheduler's own, such as {@code 22.05.8}
 * @param queues in the scheduler's order; it told of all that it has
 * @param nodes those of the whole machine, where queues do not tell of their own
 * @param accounts that this user may charge
 * @param qualities limits by quality of service
 * @param filesystems that a job may ask for
 * @param gaps what was asked and not answered
 */
public record SchedulerFacts(
    Optional<String> version,
    List<QueueFacts> queues,
    List<NodeKind> nodes,
    Optional<Set<String>> accounts,
    Optional<Map<String, JobLimits>> qualities,
    Optional<Set<String>> filesystems,
    List<Gap> gaps) {
  /** Nothing is known yet. */
  public static final SchedulerFacts NONE =
      new SchedulerFacts(
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  /**
   * A question without an answer.
   *
   * @param what was asked, such as {@code accounts}
   * @param why there is no answer
   * @param fix what the user can do about it
   */
  public record Gap(String what, String why, String fix) {
    public Gap {
      requireNonNull(what, "what");
      requireNonNull(why, "why");
      requireNonNull(fix, "fix");
    }
  }

  public SchedulerFacts {
    requireNonNull(version, "version");
    queues = List.copyOf(queues);
    nodes = List.copyOf(nodes);
    accounts = accounts.map(Set::copyOf);
    qualities = qualities.map(Map::copyOf);
    filesystems = filesystems.map(Set::copyOf);
    gaps = List.copyOf(gaps);
  }

  /** The queue of that name. */
  public Optional<QueueFacts> queue(String name) {
    return queues.stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  /** The queue of jobs that name none. */
  public Optional<QueueFacts> defaultQueue() {
    return queues.stream().filter(QueueFacts::isDefault).findFirst();
  }

  /** The nodes of a queue: those that it tells of, else the machine's; empty = not told. */
  public List<NodeKind> nodesOf(QueueFacts queue) {
    return queue.kinds().isEmpty() ? nodes : queue.kinds();
  }

  public SchedulerFacts withVersion(Optional<String> told) {
    return new SchedulerFacts(told, queues, nodes, accounts, qualities, filesystems, gaps);
  }

  public SchedulerFacts withQueues(List<QueueFacts> told) {
    return new SchedulerFacts(version, told, nodes, accounts, qualities, filesystems, gaps);
  }

  /** The same, with each queue changed in its place. */
  public SchedulerFacts eachQueue(UnaryOperator<QueueFacts> change) {
    return withQueues(queues.stream().map(change).toList());
  }

  public SchedulerFacts withNodes(List<NodeKind> told) {
    return new SchedulerFacts(version, queues, told, accounts, qualities, filesystems, gaps);
  }

  public SchedulerFacts withAccounts(Set<String> told) {
    return new SchedulerFacts(
        version, queues, nodes, Optional.of(told), qualities, filesystems, gaps);
  }

  public SchedulerFacts withQualities(Map<String, JobLimits> told) {
    return new SchedulerFacts(
        version, queues, nodes, accounts, Optional.of(told), filesystems, gaps);
  }

  public SchedulerFacts withFilesystems(Set<String> told) {
    return new SchedulerFacts(version, queues, nodes, accounts, qualities, Optional.of(told), gaps);
  }

  public SchedulerFacts withGap(Gap gap) {
    List<Gap> all = new ArrayList<>(gaps);
    all.add(gap);
    return new SchedulerFacts(version, queues, nodes, accounts, qualities, filesystems, all);
  }
}
