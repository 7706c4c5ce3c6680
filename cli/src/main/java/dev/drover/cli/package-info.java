/**
 * The {@code drover} command: {@link dev.drover.cli.Main} finds the command that was asked for and
 * builds only that one, since a login node starts this program often and a cluster starts it
 * thousands of times at once.
 *
 * <p>Everything runs on the main thread. Invariant: a command whose part of the engine is not in
 * this build is not listed.
 */
package dev.drover.cli;
