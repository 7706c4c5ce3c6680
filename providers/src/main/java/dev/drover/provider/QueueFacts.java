package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A queue or partition, as its scheduler describes it.
 *
 * @param name by which jobs are sent to it; empty for the only one of a scheduler without names
 * @param isDefault whether jobs that name none go there
 * @param standing what it does with jobs now
 * @param reason why, in the scheduler's words; may be empty
 * @param nodes that it has; 0 = not told
 * @param limits of a job there, and of a user's jobs
 * @param allowedAccounts the only ones that may use it; empty = all but those denied
 * @param deniedAccounts those that may not use it
 * @param kinds its nodes; empty = not told
 */
public record QueueFacts(
    String name,
    boolean isDefault,
    Standing standing,
    String reason,
    int nodes,
    JobLimits limits,
    Optional<Set<String>> allowedAccounts,
    Set<String> deniedAccounts,
    List<NodeKind> kinds) {
  /** What a queue does with jobs. */
  public enum Standing {
    /** It takes them and starts them. */
    OPEN,
    /** It takes them, and starts none. */
    STOPPED,
    /** It takes none. */
    CLOSED
  }

  public QueueFacts {
    requireNonNull(name, "name");
    requireNonNull(standing, "standing");
    requireNonNull(reason, "reason");
    requireNonNull(limits, "limits");
    allowedAccounts = allowedAccounts.map(Set::copyOf);
    deniedAccounts = Set.copyOf(deniedAccounts);
    kinds = List.copyOf(kinds);
    if (nodes < 0) {
      throw new IllegalArgumentException("queue " + name + " has " + nodes + " nodes");
    }
  }

  /** Whether jobs of that account may be sent there, as far as the queue itself says. */
  public boolean admits(String account) {
    return allowedAccounts.map(allowed -> allowed.contains(account)).orElse(true)
        && !deniedAccounts.contains(account);
  }

  /** The same queue with its nodes described. */
  public QueueFacts withKinds(List<NodeKind> described) {
    return new QueueFacts(
        name,
        isDefault,
        standing,
        reason,
        Math.max(nodes, described.stream().mapToInt(NodeKind::count).sum()),
        limits,
        allowedAccounts,
        deniedAccounts,
        described);
  }

  /** The same queue, and whether it is the default one. */
  public QueueFacts asDefault(boolean isIt) {
    return new QueueFacts(
        name, isIt, standing, reason, nodes, limits, allowedAccounts, deniedAccounts, kinds);
  }

  /** The same queue with more known about what it does with jobs. */
  public QueueFacts standing(Standing now, String why) {
    return new QueueFacts(
        name, isDefault, now, why, nodes, limits, allowedAccounts, deniedAccounts, kinds);
  }
}
