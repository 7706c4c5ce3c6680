package dev.drover.provider.flux;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Flux prints when it does not do as it is told: its exit code alone tells nothing. */
final class FluxRefusals {
  private static final Pattern NOT_INSTALLED =
      Pattern.compile("command not found|flux['’]?: No such file or directory");
  private static final Pattern UNREACHABLE =
      Pattern.compile("Unable to connect to Flux|flux_open: ");

  /** Bursts, maintenance: flux-accounting's limits on jobs, a queue that an admin closed. */
  private static final Pattern PASSING =
      Pattern.compile("is disabled|max(imum)?[ _](number of )?(active |running )?jobs");

  /** The instance went away, or the answer was lost, in the middle of the request. */
  private static final Pattern LOST =
      Pattern.compile("reset by peer|Broken pipe|[Tt]imed out|flux_reactor_run");

  private static final Pattern ERRNO = Pattern.compile("\\[Errno (\\d+)\\]");

  /** EPERM, E2BIG, ENODEV (unsatisfiable), EINVAL: what Flux's job ingest says to a bad job. */
  private static final List<String> ABOUT_THE_JOB = List.of("1", "7", "19", "22");

  /** What the client itself says of its options and directives, before it asks anybody. */
  private static final Pattern CLIENT_ERROR = Pattern.compile("flux[- ]batch: (ERROR|error): ");

  private static final Pattern PROGRAM = Pattern.compile("^flux[- ][a-z]+: (ERROR|error): ");

  private static final String IF_IT_LASTS =
      "is its Flux instance up? flux uptime tells; FLUX_URI names another instance";

  private FluxRefusals() {}

  /** Of a submission. */
  static SchedulerRefusal ofSubmission(CommandResult result) {
    String stderr = result.stderr();
    String words = words(result);
    if (isNotInstalled(result)) {
      return notInstalled(words);
    }
    if (UNREACHABLE.matcher(stderr).find()) {
      return SchedulerRefusal.passing(words, IF_IT_LASTS);
    }
    if (PASSING.matcher(stderr).find()) {
      return SchedulerRefusal.passing(words, "try again later, or choose another provider.queue");
    }
    Matcher errno = ERRNO.matcher(stderr);
    boolean aboutTheJob =
        errno.find()
            ? ABOUT_THE_JOB.contains(errno.group(1))
            : CLIENT_ERROR.matcher(stderr).find() && !LOST.matcher(stderr).find();
    if (aboutTheJob) {
      return SchedulerRefusal.permanent(
          words,
          "mend what it names: provider.queue, provider.account, provider.constraint,"
              + " provider.walltime, nodes and cores, or the template's directives; flux queue list"
              + " shows queues and limits");
    }
    return SchedulerRefusal.unanswered(words, IF_IT_LASTS);
  }

  /** Of a question, or of a request that may be made again. */
  static SchedulerRefusal ofQuestion(CommandResult result) {
    return isNotInstalled(result)
        ? notInstalled(words(result))
        : SchedulerRefusal.passing(words(result), IF_IT_LASTS);
  }

  private static boolean isNotInstalled(CommandResult result) {
    return result.exitCode() == 127 && NOT_INSTALLED.matcher(result.stderr()).find();
  }

  private static SchedulerRefusal notInstalled(String words) {
    return SchedulerRefusal.passing(
        words,
        "put flux on the PATH of a shell that nobody types into, or choose another provider.type");
  }

  /** The last line of stderr, below any usage text. */
  private static String words(CommandResult result) {
    List<String> lines = result.stderr().lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty()
        ? "it printed nothing on stderr"
        : PROGRAM.matcher(lines.get(lines.size() - 1).strip()).replaceFirst("");
  }
}
