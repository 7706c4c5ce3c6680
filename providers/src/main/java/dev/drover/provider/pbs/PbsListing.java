package dev.drover.provider.pbs;

import dev.drover.job.JobId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code qstat -f -F json} printed of jobs. What has parts is passed over, and with it the
 * user's variables.
 *
 * @param jobs by id; absent if the document has no {@code Jobs}, which each failed query has, too
 */
record PbsListing(Optional<Map<JobId, PbsJob>> jobs) {
  /**
   * Reads a whole document.
   *
   * @throws IOException if it is none, or is torn: then nothing of it holds
   */
  static PbsListing parse(String text) throws IOException {
    return new PbsListing(PbsDocument.section(text, "Jobs", false).map(PbsListing::jobs));
  }

  private static Map<JobId, PbsJob> jobs(Map<String, Map<String, String>> objects) {
    Map<JobId, PbsJob> jobs = new LinkedHashMap<>();
    objects.forEach(
        (id, attributes) -> {
          if (!id.isEmpty() && id.chars().noneMatch(c -> c <= ' ')) {
            jobs.put(new JobId(id), new PbsJob(attributes));
          }
        });
    return jobs;
  }
}
