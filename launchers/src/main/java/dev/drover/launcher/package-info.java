/**
 * Spreads the command that starts a manager over the nodes of a block.
 *
 * <p>Start at {@link dev.drover.launcher.Launcher}; {@link dev.drover.launcher.Launchers} knows
 * them by name. No thread owns anything here: launchers are immutable. Invariant: a launcher is
 * pure, so that its argv can be shown and tested without a machine.
 */
package dev.drover.launcher;
