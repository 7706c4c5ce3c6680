/**
 * The runs of a folder: {@link dev.drover.cli.runs.RunsCommand} lists them, those here and those on
 * a head node alike.
 *
 * <p>Called by the main thread. Invariant: no journal is read whole, and nothing is written.
 */
package dev.drover.cli.runs;
