/**
 * The line between a submitting process and an interchange on a head node: {@link
 * dev.drover.remote.SubmitterLink} on the one side, {@link dev.drover.remote.SubmissionServer} on
 * the other; what each decides is in {@link dev.drover.remote.LinkState} and {@link
 * dev.drover.remote.ServerState}.
 *
 * <p>Each side has one loop, which owns its sockets. Invariant: orders and reports are numbered and
 * kept until the other side has them on disk, so that connections may break at any time, and either
 * process too.
 */
package dev.drover.remote;
