/**
 * What measures Drover. The script {@code benchmarks/run} starts each main class here in a process
 * of its own, beside Drover's peers, and gives what they printed to {@link
 * dev.drover.benchmark.Report}, which makes the table. Classes named {@code …Part} are JMH
 * benchmarks of single parts. Nothing here is shipped.
 */
package dev.drover.benchmark;
