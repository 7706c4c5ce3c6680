/**
 * PBS Professional and OpenPBS. Start at {@link dev.drover.provider.pbs.PbsProDialect}. Pure text
 * in and out, on any thread. Invariant: only a listing that PBS gave whole is an answer, and only a
 * job's own record in it is evidence of an end.
 */
package dev.drover.provider.pbs;
