package dev.drover.provider.lsf;

import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerRefusal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of {@code bhist -l}: events in English, one a line, folded at 80 columns before an
 * indent of 21. It still knows jobs that {@code bjobs} has forgotten, by default after an hour.
 */
final class LsfHistory {
  private static final Pattern FOLD = Pattern.compile("\\R {21}");
  private static final Pattern JOB = Pattern.compile("Job <([1-9][0-9]*)>,.*");
  private static final Pattern DONE = Pattern.compile(".*: (Done successfully|Completed <done>).*");
  private static final Pattern CODE = Pattern.compile(".*: Exited with exit code (\\d{1,3})\\b.*");
  private static final Pattern SIGNAL =
      Pattern.compile(".*: Exited by (?:LSF )?signal (\\d{1,2})\\b.*");
  private static final Pattern EXIT = Pattern.compile(".*: (?:Completed <exit>|Exited\\b);?(.*)");
  private static final Pattern REASON = Pattern.compile("(TERM_[A-Z_]+: .*?)[.;]?\\s*");
  private static final Pattern BEGINS_AGAIN =
      Pattern.compile(".*: (?:Dispatched|Starting|Started|Pending: .*requeue).*");
  private static final Pattern NO_RECORDS =
      Pattern.compile("No matching job found|not found|No such file");

  /** What the lines read so far say of one job. */
  private static final class Life {
    private boolean done;
    private boolean exited;
    private OptionalInt code = OptionalInt.empty();
    private String reason = "";

    void read(String line) {
      Matcher exitCode = CODE.matcher(line);
      Matcher signal = SIGNAL.matcher(line);
      Matcher exit = EXIT.matcher(line);
      if (BEGINS_AGAIN.matcher(line).matches()) {
        done = false;
        exited = false;
        code = OptionalInt.empty();
        reason = "";
      } else if (DONE.matcher(line).matches()) {
        done = true;
      } else if (exitCode.matches()) {
        exited = true;
        code = OptionalInt.of(Integer.parseInt(exitCode.group(1)));
      } else if (signal.matches()) {
        exited = true;
        code = OptionalInt.of(128 + Integer.parseInt(signal.group(1)));
      } else if (exit.matches()) {
        exited = true;
        Matcher words = REASON.matcher(exit.group(1).strip());
        reason = words.matches() ? words.group(1) : reason;
      }
    }

    Optional<JobStatus> end(Instant now) {
      if (exited) {
        return Optional.of(LsfEnd.exit(code, reason, now));
      }
      return done ? Optional.of(LsfEnd.done(now)) : Optional.empty();
    }
  }

  private LsfHistory() {}

  /** The ends told of; a job that runs, or runs again, has none. */
  static Map<JobId, JobStatus> ends(CommandResult result, Instant now) throws SchedulerRefusal {
    Map<JobId, Life> lives = new HashMap<>();
    Life life = null;
    for (String line : unfolded(result.stdout())) {
      Matcher job = JOB.matcher(line);
      if (job.matches()) {
        life = lives.computeIfAbsent(new JobId(job.group(1)), id -> new Life());
      } else if (life != null) {
        life.read(line);
      }
    }
    if (lives.isEmpty() && !NO_RECORDS.matcher(result.stderr()).find()) {
      throw LsfRefusals.ofQuestion(result, "bhist printed no history");
    }
    Map<JobId, JobStatus> ends = new HashMap<>();
    lives.forEach((id, told) -> told.end(now).ifPresent(status -> ends.put(id, status)));
    return ends;
  }

  private static List<String> unfolded(String text) {
    return FOLD.matcher(text).replaceAll("").lines().toList();
  }
}
