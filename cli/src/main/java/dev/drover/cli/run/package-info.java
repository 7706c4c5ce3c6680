/**
 * Driving a run from its tasks to its summary: {@link dev.drover.cli.run.RunCommand} reads what the
 * user wants, {@link dev.drover.cli.run.Conductor} feeds an {@link dev.drover.cli.run.Ensemble}.
 *
 * <p>The main thread submits, draws progress and waits; ends of tasks come on the ensemble's
 * callback threads and are taken in under the conductor's lock. Invariant: every task of the source
 * is counted once: succeeded, failed, cancelled, or not started.
 */
package dev.drover.cli.run;
