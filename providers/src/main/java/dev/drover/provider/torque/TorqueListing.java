package dev.drover.provider.torque;

import dev.drover.job.JobId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code qstat -f -1} printed: a block for each job, {@code Job Id: …} and its attributes, one
 * a line. The table that qstat prints without {@code -f} cuts ids off, and its XML is one document
 * for each job, without any for those that are unknown.
 */
final class TorqueListing {
  private static final String JOB = "Job Id:";
  private static final String INDENT = "    ";
  private static final String IS = " = ";

  private TorqueListing() {}

  /** The jobs by their ids; empty if the text has none. */
  static Map<JobId, TorqueJob> parse(String text) {
    Map<JobId, TorqueJob> jobs = new LinkedHashMap<>();
    String id = "";
    Map<String, String> attributes = new HashMap<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith(JOB)) {
        add(jobs, id, attributes);
        id = line.substring(JOB.length()).strip();
        attributes = new HashMap<>();
      } else if (line.startsWith(INDENT) && line.contains(IS)) {
        int is = line.indexOf(IS);
        // The first wins: what a job's own variables hold cannot speak for the server.
        attributes.putIfAbsent(line.substring(0, is).strip(), line.substring(is + IS.length()));
      }
    }
    add(jobs, id, attributes);
    return jobs;
  }

  /** A block without a state was torn off. */
  private static void add(Map<JobId, TorqueJob> jobs, String id, Map<String, String> attributes) {
    boolean whole = attributes.containsKey("job_state");
    if (whole && !id.isEmpty() && id.chars().noneMatch(c -> c <= ' ')) {
      jobs.put(new JobId(id), new TorqueJob(attributes));
    }
  }
}
