package dev.drover.provider.slurm;

import dev.drover.job.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The jobs in an answer of {@code squeue} or {@code sacct}, one a line. Tasks of arrays, parts of
 * heterogeneous jobs, banners and torn lines are none.
 */
record SlurmListing(List<Row> rows) {
  /** Between the columns of {@code squeue}; no reason and no name holds it. */
  private static final String SEPARATOR = "|#|";

  /**
   * What {@code squeue --Format} is asked for: each column as wide as its text. The id of an
   * array's task reads {@code 10_3} here, whereas {@code JobID} would give it a number of its own.
   */
  static final String QUEUE_FORMAT =
      String.join(
          ",",
          List.of(
              "JobArrayID:" + SEPARATOR,
              "State:" + SEPARATOR,
              "exit_code:" + SEPARATOR,
              "Cluster:" + SEPARATOR,
              "Reason:" + SEPARATOR));

  /** What {@code sacct --format} is asked for. */
  static final String RECORD_FORMAT = "JobID,State,ExitCode,Cluster";

  /** A job as a line tells of it. */
  record Row(long number, String cluster, String state, SlurmExit exit, SlurmReason reason) {
    JobStatus status(Instant now) {
      return SlurmState.read(state, reason, exit, now);
    }
  }

  /** Reads the answer to {@link #QUEUE_FORMAT}; empty if it is text and none of it a listing. */
  static Optional<SlurmListing> ofQueue(String stdout) {
    List<Row> rows = new ArrayList<>();
    boolean strange = false;
    boolean listed = false;
    for (String line : stdout.lines().toList()) {
      String[] columns = line.split("\\|#\\|", -1);
      listed |= columns.length > 1;
      // With --clusters, a line for each of them stands above its jobs.
      strange |= columns.length == 1 && !line.isBlank() && !line.startsWith("CLUSTER:");
      if (columns.length == 6) {
        row(columns[0], columns[1], columns[2], columns[3], columns[4]).ifPresent(rows::add);
      }
    }
    return strange && !listed ? Optional.empty() : Optional.of(new SlurmListing(rows));
  }

  /** Reads the answer to {@link #RECORD_FORMAT}, with bars between; older captures end before. */
  static SlurmListing ofRecords(String stdout) {
    List<Row> rows = new ArrayList<>();
    for (String line : stdout.lines().toList()) {
      String[] columns = line.split("\\|", -1);
      if (columns.length >= 3) {
        row(columns[0], columns[1], columns[2], columns.length > 3 ? columns[3] : "", "")
            .ifPresent(rows::add);
      }
    }
    return new SlurmListing(rows);
  }

  private static Optional<Row> row(
      String id, String state, String exit, String cluster, String reason) {
    if (state.isBlank() || id.indexOf(';') >= 0) {
      return Optional.empty();
    }
    return SlurmJobId.parse(id.strip())
        .map(
            job ->
                new Row(
                    job.number(),
                    cluster.strip(),
                    state,
                    SlurmExit.parse(exit.strip()),
                    new SlurmReason(reason)));
  }
}
