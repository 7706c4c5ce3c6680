package dev.drover.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The steps that were tried, each told of as it ends. Any thread. */
final class Checkup {
  private final Consumer<Step> listener;
  private final List<Step> steps = new ArrayList<>();

  Checkup(Consumer<Step> listener) {
    this.listener = listener;
  }

  synchronized void add(Step step) {
    steps.add(step);
    listener.accept(step);
  }

  /** In the order in which they ended. */
  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  synchronized boolean hasFailed() {
    return steps.stream().anyMatch(Step::isFailed);
  }
}
