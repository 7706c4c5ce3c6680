/**
 * The command as a user has it: {@link dev.drover.cli.real.Drover} starts it as a process of its
 * own on the real engine, with managers and tasks as further processes.
 *
 * <p>The test's thread waits for what it can see: files, lines, ends of processes. Invariant: when
 * a test is over no process is left that has to do with its directory.
 */
package dev.drover.cli.real;
