/**
 * The path to a site's nodes, tried step by step, and what the site would do on this node.
 *
 * <p>Enter at {@link dev.drover.cli.doctor.DoctorCommand}. {@link dev.drover.cli.doctor.PathTrial}
 * goes the path and fills a {@link dev.drover.cli.doctor.Checkup}; {@link
 * dev.drover.cli.doctor.NodeReport} finds out about this node and prints nothing. On the command's
 * thread. Invariant: nothing stays that was made on the way, but a run whose block failed.
 */
package dev.drover.cli.doctor;
