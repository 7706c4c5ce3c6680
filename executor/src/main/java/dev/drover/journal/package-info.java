/**
 * What a run leaves on disk: {@link dev.drover.journal.RunDirectory} is its folder, {@link
 * dev.drover.journal.Journal} the append-only record in it, {@link dev.drover.journal.RunState}
 * what a resumed run knows of the one before, {@link dev.drover.journal.JournalIndex} what is said
 * of single tasks.
 *
 * <p>One thread, {@code drover-journal}, owns the file; any thread may append. Invariant: an entry
 * whose callback has run is in the file, and stays there when the process dies.
 */
package dev.drover.journal;
