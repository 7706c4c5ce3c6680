/**
 * What somebody meant who misspelt a name.
 *
 * <p>Start at {@link dev.drover.spelling.NearestName}: launchers, providers, site keys, commands
 * and tasks are all suggested by its one measure. No state, any thread. Invariant: a suggestion is
 * one of the known names, as they are written.
 */
package dev.drover.spelling;
