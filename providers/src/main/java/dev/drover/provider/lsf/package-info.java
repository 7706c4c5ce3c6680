/**
 * Blocks as jobs of IBM Spectrum LSF, as its 10.1 documentation describes the commands; no answer
 * here was captured from a real LSF.
 *
 * <p>Start at {@link dev.drover.provider.lsf.LsfDialect}. No thread owns anything here. Invariant:
 * no command is built that LSF would apply to other jobs than those named.
 */
package dev.drover.provider.lsf;
