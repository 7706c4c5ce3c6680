/**
 * {@code drover sites}: what sites there are, what they say, whether it is sound, and whether their
 * schedulers say the same.
 *
 * <p>Enter at {@link dev.drover.cli.sites.SitesCommand}. {@link dev.drover.cli.sites.KeysPage} and
 * {@link dev.drover.cli.sites.KeysSchema} write the registry of keys down; {@link
 * dev.drover.cli.sites.LiveComparison} and {@link dev.drover.cli.sites.SiteDraft} are pure
 * functions of what a scheduler tells. On the command's thread. Invariant: a scheduler is asked by
 * {@code check --live} and {@code new} alone, and only {@code new} writes, one new file.
 */
package dev.drover.cli.sites;
