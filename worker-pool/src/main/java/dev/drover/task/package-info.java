/**
 * The nouns of a task: {@link dev.drover.task.TaskSpec} says what to run, {@link
 * dev.drover.task.TaskOutcome} how one attempt ended.
 *
 * <p>All are immutable values that any thread may hold. Invariant: a spec never changes after it
 * was submitted, so the tasks of an array share one.
 */
package dev.drover.task;
