package dev.drover.provider.lsf;

import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerRefusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * An answer of {@code bjobs -noheader -o} with {@link #FORMAT}: one line a job. Jobs that it does
 * not know stand on stderr; the exit code is then 255 or 0, by version and by whether another job
 * is known, and tells nothing.
 */
final class LsfListing {
  /** The pending reason comes last, since only it may hold the delimiter. */
  static final String FORMAT = "jobid stat exit_code exit_reason pend_reason delimiter='|'";

  private static final int FIELDS = 5;
  private static final Pattern ROW = Pattern.compile("\\s*[1-9][0-9]*\\|[A-Z_]+\\s*(\\|.*)?");
  private static final Pattern NO_SUCH_JOB =
      Pattern.compile("Job <[^>]+> is not found|No (unfinished |matching )?job found\\.?");

  private LsfListing() {}

  /** One job of a listing. */
  record Row(long number, String stat, String exitCode, String exitReason, String pendReason) {
    JobId id() {
      return new JobId(Long.toString(number));
    }

    JobStatus status(Instant now) {
      return switch (stat) {
        case "PEND", "WAIT" -> with(JobState.PENDING, pendReason, now);
        case "PSUSP" -> with(JobState.HELD, orElse(pendReason, "held before it began"), now);
        case "USUSP" -> with(JobState.HELD, "suspended by its owner or an admin", now);
        case "SSUSP" -> with(JobState.HELD, "suspended by LSF", now);
        case "RUN" -> with(JobState.RUNNING, "", now);
        case "PROV" -> with(JobState.PENDING, "LSF wakes its nodes up", now);
        case "DONE" -> LsfEnd.done(now);
        case "EXIT" -> LsfEnd.exit(code(), exitReason, now);
        case "UNKWN" -> with(JobState.UNKNOWN, "LSF lost contact with the job's node", now);
        case "ZOMBI" -> with(JobState.UNKNOWN, "LSF could not reach the node to end the job", now);
        default -> with(JobState.UNKNOWN, "LSF calls its state \"" + stat + "\"", now);
      };
    }

    private OptionalInt code() {
      return exitCode.matches("[0-9]{1,3}")
          ? OptionalInt.of(Integer.parseInt(exitCode))
          : OptionalInt.empty();
    }

    private static String orElse(String words, String otherwise) {
      return words.isEmpty() ? otherwise : words;
    }

    private static JobStatus with(JobState state, String reason, Instant now) {
      return new JobStatus(state, now, OptionalInt.empty(), reason);
    }
  }

  /** The jobs listed, in the order of the answer. */
  static List<Row> rows(CommandResult result) throws SchedulerRefusal {
    List<Row> rows =
        result
            .stdout()
            .lines()
            .filter(line -> ROW.matcher(line).matches())
            .map(LsfListing::row)
            .toList();
    if (rows.isEmpty() && !saysThatThereIsNone(result)) {
      throw LsfRefusals.ofQuestion(result, "bjobs printed no listing");
    }
    return rows;
  }

  /** Every line, of both streams, since only the words tell an empty answer from an outage. */
  private static boolean saysThatThereIsNone(CommandResult result) {
    List<String> lines = new ArrayList<>(LsfRefusals.lines(result.stdout()));
    lines.addAll(LsfRefusals.lines(result.stderr()));
    return !lines.isEmpty() && lines.stream().allMatch(line -> NO_SUCH_JOB.matcher(line).matches());
  }

  private static Row row(String line) {
    String[] words = line.strip().split("\\|", FIELDS);
    return new Row(
        Long.parseLong(words[0]),
        field(words, 1),
        field(words, 2),
        field(words, 3),
        field(words, 4));
  }

  /** LSF prints a dash for what it does not know. */
  private static String field(String[] words, int index) {
    String word = index < words.length ? words[index].strip() : "";
    return word.equals("-") ? "" : word;
  }
}
