package dev.drover.provider.pbs;

import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ids of PBS and Torque jobs: {@code 123.server.domain}, of an array {@code 123[].server}. PBS
 * gives the server's full name; some sites' commands shorten it, and then {@code 123.server} is the
 * same job.
 */
public final class PbsIds {
  /**
   * Asked for when none of the ids is one, since without any {@code qstat} lists everybody's jobs.
   */
  private static final String NO_JOB = "0.no-such-server";

  /** A server's name holds a letter; a number with a point in a banner does not. */
  private static final Pattern ID =
      Pattern.compile("[0-9]+(\\[[0-9]*])?\\.(?=[^\\s]*[A-Za-z])[A-Za-z0-9._-]+");

  private PbsIds() {}

  /**
   * The id that a successful {@code qsub} printed: the last line that is one, so that banners
   * before and after it do no harm.
   */
  public static JobId submitted(String scheduler, CommandResult result) throws SchedulerRefusal {
    return in(result.stdout())
        .reduce((earlier, later) -> later)
        .map(JobId::new)
        .orElseThrow(
            () ->
                SchedulerRefusal.unanswered(
                    "qsub printed no job id",
                    "see whether " + scheduler + " has the job, then submit it again"));
  }

  /** Of the lines that are ids the one with the highest number, which was given last. */
  public static Optional<JobId> newestIn(String text) {
    return in(text).max(Comparator.comparing(PbsIds::sequence)).map(JobId::new);
  }

  private static Stream<String> in(String text) {
    return text.lines().map(String::strip).filter(line -> ID.matcher(line).matches());
  }

  private static BigInteger sequence(String id) {
    return new BigInteger(id.split("[^0-9]", 2)[0]);
  }

  /**
   * Whether both name the same job: the same number, and a server's name that is one or begins it.
   */
  public static boolean same(JobId one, JobId other) {
    String a = one.value().toLowerCase(Locale.ROOT);
    String b = other.value().toLowerCase(Locale.ROOT);
    String longer = a.length() >= b.length() ? a : b;
    String shorter = a.length() >= b.length() ? b : a;
    return longer.startsWith(shorter) && number(longer).equals(number(shorter));
  }

  private static String number(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : id.substring(0, dot);
  }

  /**
   * The argv of a command about these jobs. What is no id is left out: {@code all}, as a job, would
   * delete every job.
   */
  public static List<String> argv(List<String> program, List<SubmittedJob> jobs) {
    List<String> argv = new ArrayList<>(program);
    jobs.stream()
        .map(job -> job.id().value())
        .filter(id -> ID.matcher(id).matches())
        .distinct()
        .forEach(argv::add);
    if (argv.size() == program.size()) {
      argv.add(NO_JOB);
    }
    return argv;
  }
}
