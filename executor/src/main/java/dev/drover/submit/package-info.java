/**
 * What the submitting side says of its tasks and is told of them: {@link
 * dev.drover.submit.TaskBatch} goes in, {@link dev.drover.submit.TaskReport} comes back.
 *
 * <p>Immutable values that any thread may hold, and the interfaces of who is told. Invariant:
 * nothing here knows how tasks travel.
 */
package dev.drover.submit;
