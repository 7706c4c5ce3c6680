/**
 * The machines Drover runs on: named site files, and the typed registry of every key they may hold.
 *
 * <p>Start at {@link dev.drover.site.SiteReader}, which turns a site's name or file into an
 * immutable {@link dev.drover.site.Site}; {@link dev.drover.site.SiteKeys} says what may stand in
 * one. Nothing here owns a thread. One invariant: a {@code Site} exists only when every layer it
 * was read from is free of problems, and text and maps end at the reader.
 */
package dev.drover.site;
