/**
 * How the command speaks: {@link dev.drover.cli.console.Console} holds the two streams and knows
 * whether a person watches, {@link dev.drover.cli.console.ExitCode} is what a script reads.
 *
 * <p>Everything here may be used from any thread. Invariant: stdout carries only what was asked
 * for, everything else goes to stderr.
 */
package dev.drover.cli.console;
