package dev.drover.provider.slurm;

import dev.drover.job.JobId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job's number, and the cluster that counted it, as {@code sbatch --parsable} prints them: {@code
 * 4711} or {@code 4711;alpha}.
 *
 * @param cluster absent when the job went to the head node's own cluster
 */
record SlurmJobId(long number, Optional<String> cluster) {
  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,9})(?:;([A-Za-z0-9._-]+))?");

  /** From here on, numbers mean something else to Slurm, and one of them spoils a whole query. */
  private static final long LIMIT = 0xffff_fffdL;

  /** Empty if the text is no id; so is a task of an array, {@code 10_3}. */
  static Optional<SlurmJobId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) >= LIMIT) {
      return Optional.empty();
    }
    return Optional.of(
        new SlurmJobId(Long.parseLong(matcher.group(1)), Optional.ofNullable(matcher.group(2))));
  }

  JobId toJobId() {
    return new JobId(number + cluster.map(name -> ";" + name).orElse(""));
  }
}
