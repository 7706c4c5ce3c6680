/**
 * Runs whose interchange is a process on a head node: {@link
 * dev.drover.cli.remote.InterchangeCommand} is that process.
 *
 * <p>Called by the main thread. Invariant: what it prints on stdout is one line, once it can be
 * reached.
 */
package dev.drover.cli.remote;
