package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.job.JobId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A job as a dialect is asked about it.
 *
 * @param id as the dialect read it
 * @param directory the block's; absent if another provider submitted the job
 */
public record SubmittedJob(JobId id, Optional<Path> directory) {
  public SubmittedJob {
    requireNonNull(id, "id");
    requireNonNull(directory, "directory");
  }
}
