/**
 * Runs as their journals tell them: {@link dev.drover.cli.journal.JournalRuns} opens one for the
 * commands {@code logs}, {@code explain} and {@code cancel}.
 *
 * <p>All of it runs on the main thread. Invariant: nothing of a run directory is written or locked,
 * so that a live run is not disturbed.
 */
package dev.drover.cli.journal;
