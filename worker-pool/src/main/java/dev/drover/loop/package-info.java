/**
 * What the two loops, the interchange's and the manager's, are built of: {@link
 * dev.drover.loop.Mailbox} is how other threads speak to a loop.
 *
 * <p>Invariant: a loop's state is touched by its own thread only; everybody else posts.
 */
package dev.drover.loop;
