package dev.drover.submit;

import dev.drover.task.TaskOutcome;

/**
 * Says how much of a task's retries a failed attempt uses up: 1 is the rule, 0 is free, a fraction
 * allows more attempts, {@link Double#POSITIVE_INFINITY} gives up at once. Called on the
 * interchange's thread for failed attempts only: it must be quick and must not block. Should it
 * throw, the task fails with what it threw.
 */
@FunctionalInterface
public interface RetryCost {
  double of(TaskOutcome failed);
}
