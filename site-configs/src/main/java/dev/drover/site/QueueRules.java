package dev.drover.site;

import static dev.drover.site.SiteKeys.PROVIDER_NODES_PER_BLOCK;
import static dev.drover.site.SiteKeys.PROVIDER_QOS;
import static dev.drover.site.SiteKeys.PROVIDER_QUEUE;
import static dev.drover.site.SiteKeys.PROVIDER_WALLTIME;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds the limits that a block stands under, and the rules that they make. Where the site's own
 * name of a queue, or {@code auto}, stands for what the scheduler is asked for, the values of
 * {@code provider.queue} and {@code provider.qos} are replaced by that.
 */
final class QueueRules {
  private static final String AUTO = "auto";

  private final Settings settings;
  private final List<SiteProblem> problems;
  private final List<QueueLimits> queues;
  private final int nodes;
  private final Duration walltime;

  private QueueRules(Settings settings, List<SiteProblem> problems) {
    this.settings = settings;
    this.problems = problems;
    this.queues = QueueKeys.limits(settings);
    this.nodes = settings.get(PROVIDER_NODES_PER_BLOCK).value();
    this.walltime = settings.get(PROVIDER_WALLTIME).value();
  }

  /** The queue whose limits hold for a block; empty = the site tells of none. */
  static Optional<QueueLimits> apply(Settings settings, List<SiteProblem> problems) {
    boolean sound =
        settings.haveAll(
            PROVIDER_QUEUE,
            PROVIDER_QOS,
            PROVIDER_NODES_PER_BLOCK,
            PROVIDER_WALLTIME,
            SiteKeys.PROVIDER_TYPE);
    if (!sound
        || !SchedulerRules.serves(settings.get(SiteKeys.PROVIDER_TYPE).value(), PROVIDER_QUEUE)
        || settings.get(PROVIDER_NODES_PER_BLOCK).value() < 1) {
      return Optional.empty();
    }
    return new QueueRules(settings, problems).find();
  }

  private Optional<QueueLimits> find() {
    Optional<String> asked = settings.get(PROVIDER_QUEUE).value();
    if (asked.isEmpty()) {
      Optional<String> qos = settings.get(PROVIDER_QOS).value();
      return firstThatFits(
          PROVIDER_QOS,
          queues.stream()
              .filter(queue -> queue.queue().isEmpty() && qos.isPresent())
              .filter(queue -> queue.qos().equals(qos))
              .toList());
    }
    if (asked.get().equals(AUTO)) {
      return chooseFirst();
    }
    List<QueueLimits> named =
        queues.stream().filter(queue -> queue.name().equals(asked.get())).toList();
    if (!named.isEmpty()) {
      askFor(named.get(0), "");
      return firstThatFits(PROVIDER_QUEUE, named);
    }
    return firstThatFits(
        PROVIDER_QUEUE,
        queues.stream()
            .filter(queue -> queue.queue().equals(asked))
            .filter(
                queue ->
                    queue.qos().isEmpty() || queue.qos().equals(settings.get(PROVIDER_QOS).value()))
            .toList());
  }

  private Optional<QueueLimits> chooseFirst() {
    Optional<QueueLimits> first = QueueChoice.first(queues, nodes, walltime);
    if (first.isPresent()) {
      askFor(first.get(), "auto: the first that takes " + block());
    } else if (queues.isEmpty()) {
      problem(
          PROVIDER_QUEUE,
          "auto chooses among the site's queues, and it tells of none; name one, or describe them"
              + " by queue.<name>.max-nodes and its like");
    } else {
      problem(
          PROVIDER_QUEUE,
          "auto finds no queue for %s: %s"
              .formatted(block(), QueueChoice.refusals(queues, nodes, walltime)));
    }
    return first;
  }

  private Optional<QueueLimits> firstThatFits(Key<?> blamed, List<QueueLimits> candidates) {
    for (QueueLimits queue : candidates) {
      if (queue.refusal(nodes, walltime).isEmpty()) {
        return Optional.of(queue);
      }
    }
    if (!candidates.isEmpty()) {
      problem(
          blamed,
          "%s, but a block is of %s (provider.nodes-per-block from %s, provider.walltime from %s)"
              .formatted(
                  QueueChoice.refusals(candidates, nodes, walltime),
                  block(),
                  settings.get(PROVIDER_NODES_PER_BLOCK).origin(),
                  settings.get(PROVIDER_WALLTIME).origin()));
    }
    return Optional.empty();
  }

  /** Puts what the scheduler is asked for in place of the queue's name in the site's file. */
  private void askFor(QueueLimits queue, String why) {
    Setting<Optional<String>> asked = settings.get(PROVIDER_QUEUE);
    Setting<Optional<String>> qos = settings.get(PROVIDER_QOS);
    if (queue.qos().isPresent() && qos.value().isPresent() && !qos.value().equals(queue.qos())) {
      problem(
          PROVIDER_QOS,
          "'%s' goes ill with queue %s, which is the quality of service '%s'; drop one of the two"
              .formatted(qos.value().get(), queue.name(), queue.qos().get()));
    }
    boolean sameName = queue.queue().equals(asked.value()) && why.isEmpty();
    String note = !why.isEmpty() ? why : sameName ? "" : "queue " + queue.name() + " of the site";
    settings.put(PROVIDER_QUEUE, new Setting<>(queue.queue(), asked.origin(), note));
    if (queue.qos().isPresent()) {
      settings.put(
          PROVIDER_QOS,
          new Setting<>(queue.qos(), asked.origin(), "queue " + queue.name() + " of the site"));
    }
  }

  private String block() {
    String size = QueueLimits.counted(nodes, "node");
    return walltime.isZero() ? size : size + " for " + DurationText.print(walltime);
  }

  private void problem(Key<?> key, String problem) {
    problems.add(new SiteProblem(settings.get(key).origin(), key.name(), problem));
  }
}
