/**
 * Looking at a run from outside: {@link dev.drover.cli.inspect.RunView} is what its journal tells,
 * and the commands {@code logs}, {@code explain} and {@code cancel} read it.
 *
 * <p>Each command runs on the main thread and never writes to the journal. Invariant: looking at a
 * run does not disturb it, live or not.
 */
package dev.drover.cli.inspect;
