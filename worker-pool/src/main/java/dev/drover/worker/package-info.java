/**
 * Runs Java tasks: {@link dev.drover.worker.WorkerLoop} is the core of a slot's own worker JVM,
 * {@link dev.drover.worker.JavaTaskRunner} calls one function and turns whatever happens into a
 * {@link dev.drover.task.TaskOutcome}, {@link dev.drover.worker.ClasspathStore} keeps the jars of a
 * node.
 *
 * <p>Tasks run on the loop's own thread, assignments arrive on its reader thread. Invariant: a task
 * that was taken is run once and has exactly one outcome, or it is given back and has none.
 */
package dev.drover.worker;
