/**
 * From what a user wrote to tasks: {@link dev.drover.cli.tasks.TaskSources} reads task files,
 * command lines with {@code :::} arguments and arrays into a {@link dev.drover.cli.tasks.TaskList}.
 *
 * <p>Pure but for reading the files; used by the command's main thread before anything starts.
 * Invariant: a source with any problem gives no task at all, and tells every problem at once.
 */
package dev.drover.cli.tasks;
