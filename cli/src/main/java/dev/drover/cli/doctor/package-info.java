/**
 * What this node is like, and what a site would do on it.
 *
 * <p>Enter at {@link dev.drover.cli.doctor.DoctorCommand}. {@link dev.drover.cli.doctor.NodeReport}
 * finds everything out and prints nothing. On the command's thread. Invariant: nothing is started
 * and nothing written; masks are tried on a thread that ends.
 */
package dev.drover.cli.doctor;
