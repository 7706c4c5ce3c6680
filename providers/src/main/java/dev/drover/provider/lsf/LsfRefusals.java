package dev.drover.provider.lsf;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads what LSF prints when it does not do as it is told. All refusals have exit code 255; those
 * of {@code bsub} end with "Job not submitted."
 */
final class LsfRefusals {
  private static final Pattern NOT_INSTALLED = Pattern.compile("not found|No such file");

  private static final Pattern NO = Pattern.compile("[Nn]ot submitted|Request aborted by esub");

  /** The request may have arrived: a message was under way, or the daemon was slow to answer. */
  private static final Pattern LOST =
      Pattern.compile(
          "sending/receiving|[Cc]ommunication time ?out|socket operation|XDR|internal error"
              + "|connect sys(tem)? call|daemon not responding|still trying");

  /** It was never asked, or there is no room just now. */
  private static final Pattern PASSING =
      Pattern.compile(
          "LSF is down|Please wait|Cannot connect to LSF|LIM is down|Cannot locate master|try later"
              + "|[Pp]ending job|job threshold|(slot|job) limit|[Qq]ueue (has been|is) closed"
              + "|non-LSF host");

  private static final String IF_IT_LASTS =
      "is LSF up? lsid and badmin showstatus tell; its commands try again for ever while it is down";

  private LsfRefusals() {}

  /** Of a submission. */
  static SchedulerRefusal ofSubmission(CommandResult result) {
    String said = result.stdout() + "\n" + result.stderr();
    String words = words(result, "bsub printed no job id");
    if (isNotInstalled(result)) {
      return notInstalled(words);
    }
    if (LOST.matcher(said).find()) {
      return SchedulerRefusal.unanswered(words, IF_IT_LASTS);
    }
    if (PASSING.matcher(said).find()) {
      return SchedulerRefusal.passing(words, "try again later; " + IF_IT_LASTS);
    }
    if (NO.matcher(said).find()) {
      return SchedulerRefusal.permanent(
          words,
          "mend what it names: provider.queue, provider.account, provider.walltime,"
              + " provider.cores-per-node or the template's directives; bqueues -l shows queues and"
              + " limits. If it does not know -nnodes, set provider.cores-per-node");
    }
    return SchedulerRefusal.unanswered(words, IF_IT_LASTS);
  }

  /** Of a question, or of a request that may be made again. */
  static SchedulerRefusal ofQuestion(CommandResult result, String ifSilent) {
    String words = words(result, ifSilent);
    return isNotInstalled(result)
        ? notInstalled(words)
        : SchedulerRefusal.passing(words, IF_IT_LASTS);
  }

  private static boolean isNotInstalled(CommandResult result) {
    return result.exitCode() == 127 && NOT_INSTALLED.matcher(result.stderr()).find();
  }

  private static SchedulerRefusal notInstalled(String words) {
    return SchedulerRefusal.passing(
        words,
        "source LSF's profile.lsf in a shell that nobody types into, or choose another"
            + " provider.type");
  }

  private static String words(CommandResult result, String ifSilent) {
    List<String> lines = lines(result.stderr());
    return lines.isEmpty() ? ifSilent : lines.get(lines.size() - 1);
  }

  /** Lines that say something. */
  static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
