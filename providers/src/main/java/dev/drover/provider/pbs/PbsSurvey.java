package dev.drover.provider.pbs;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SurveyQuestion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PBS tells of itself: its queues, the server with the file systems that a job may name, and
 * its nodes. Accounts it does not know; a site's hook checks them.
 */
final class PbsSurvey {
  private static final long GIBIBYTE = 1L << 30;

  /** The nodes that are alike are counted there: a machine of ten thousand prints 10 MB. */
  private static final String NODES =
      """
      nodes=$(pbsnodes -a) || exit
      printf '%s\\n' "$nodes" | awk '
        function told() { if (cpus > 0) count[cpus "|" memory "|" gpus]++ }
        function gib(text) {
          if (text ~ /tb$/) return int(text * 1024)
          if (text ~ /gb$/) return int(text + 0)
          if (text ~ /mb$/) return int(text / 1024)
          if (text ~ /kb$/) return int(text / 1048576)
          return int(text / 1073741824)
        }
        /^[^ \\t]/ { told(); cpus = 0; memory = 0; gpus = 0 }
        $1 == "resources_available.ncpus" { cpus = $3 }
        $1 == "resources_available.mem" { memory = gib($3) }
        $1 == "resources_available.ngpus" { gpus = $3 }
        END { told(); for (kind in count) print count[kind] "|" kind }' | sort -rn
      """;

  private static final Pattern KIND =
      Pattern.compile("(\\d{1,9})\\|(\\d{1,9})\\|(\\d{1,9})\\|(\\d{1,6})");

  /** The limit of each user who has none of their own, as {@code [u:PBS_GENERIC=3]}. */
  private static final Pattern EACH_USER = Pattern.compile("\\[u:PBS_GENERIC=(\\d{1,9})\\]");

  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,6}):)?(\\d{1,6}):(\\d{2})|(\\d{1,9})");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private PbsSurvey() {}

  static List<SurveyQuestion> questions(Duration timeout) {
    return List.of(
        new SurveyQuestion(
            "its queues",
            Command.of(timeout, List.of("qstat", "-Q", "-f", "-F", "json")),
            PbsSurvey::queues),
        new SurveyQuestion(
            "its server",
            Command.of(timeout, List.of("qstat", "-B", "-f", "-F", "json")),
            PbsSurvey::server),
        new SurveyQuestion(
            "its nodes", Command.of(timeout, List.of("sh", "-c", NODES)), PbsSurvey::nodes));
  }

  private static SchedulerFacts queues(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    List<QueueFacts> queues = new ArrayList<>();
    section(result, "Queue").forEach((name, told) -> queues.add(queue(name, told)));
    return soFar.withQueues(queues);
  }

  private static QueueFacts queue(String name, Map<String, String> told) {
    boolean enabled = !"False".equals(told.get("enabled"));
    boolean started = !"False".equals(told.get("started"));
    Standing standing = !enabled ? Standing.CLOSED : started ? Standing.OPEN : Standing.STOPPED;
    boolean fromRouteOnly = "True".equals(told.get("from_route_only"));
    return new QueueFacts(
        name,
        false,
        fromRouteOnly ? Standing.CLOSED : standing,
        fromRouteOnly
            ? "from_route_only = True: jobs come from a routing queue"
            : !enabled ? "enabled = False" : started ? "" : "started = False",
        0,
        new JobLimits(
            count(told.get("resources_min.nodect")).map(least -> Math.max(1, least)),
            count(told.get("resources_max.nodect")),
            time(told.get("resources_min.walltime")),
            time(told.get("resources_max.walltime")),
            maxQueued(told),
            maxRunning(told)),
        Optional.empty(),
        Set.of(),
        List.of());
  }

  /** Of a threshold PBS counts the jobs that wait, without those that run. */
  private static Optional<Integer> maxQueued(Map<String, String> told) {
    Optional<Integer> all = eachUser(told.get("max_queued"));
    Optional<Integer> waiting = eachUser(told.get("queued_jobs_threshold"));
    return all.isPresent() || waiting.isEmpty()
        ? all
        : maxRunning(told).map(running -> running + waiting.get());
  }

  /** {@code max_user_run} is the older word, which a server may still use. */
  private static Optional<Integer> maxRunning(Map<String, String> told) {
    return eachUser(told.get("max_run")).or(() -> count(told.get("max_user_run")));
  }

  private static Optional<Integer> eachUser(String text) {
    Matcher limit = EACH_USER.matcher(text == null ? "" : text);
    return limit.find() ? Optional.of(Integer.valueOf(limit.group(1))) : Optional.empty();
  }

  private static Optional<Integer> count(String text) {
    return text != null && NUMBER.matcher(text).matches()
        ? Optional.of(Integer.valueOf(text))
        : Optional.empty();
  }

  /** {@code HH:MM:SS}, {@code MM:SS} or seconds. */
  private static Optional<Duration> time(String text) {
    Matcher time = TIME.matcher(text == null ? "" : text);
    if (!time.matches()) {
      return Optional.empty();
    }
    if (time.group(4) != null) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(time.group(4))));
    }
    long hours = time.group(1) == null ? 0 : Long.parseLong(time.group(1));
    return Optional.of(
        Duration.ofHours(hours)
            .plusMinutes(Long.parseLong(time.group(2)))
            .plusSeconds(Long.parseLong(time.group(3))));
  }

  private static SchedulerFacts server(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    Map<String, String> told = section(result, "Server").values().iterator().next();
    SchedulerFacts facts = soFar.withVersion(Optional.ofNullable(told.get("pbs_version")));
    String filesystems = told.get("resources_available.valid_filesystems");
    if (filesystems != null) {
      facts = facts.withFilesystems(new TreeSet<>(List.of(filesystems.split("[,:]"))));
    }
    boolean idle = "False".equals(told.get("scheduling"));
    return facts.eachQueue(
        queue -> {
          QueueFacts known = queue.asDefault(queue.name().equals(told.get("default_queue")));
          return idle && known.standing() == Standing.OPEN
              ? known.standing(Standing.STOPPED, "scheduling = False")
              : known;
        });
  }

  private static SchedulerFacts nodes(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SchedulerRefusal.passing(PbsErrors.said("pbsnodes", result), PbsProDialect.WAIT);
    }
    List<NodeKind> kinds = new ArrayList<>();
    for (String line : result.stdout().lines().toList()) {
      Matcher kind = KIND.matcher(line);
      if (!kind.matches()) {
        throw SchedulerRefusal.passing(
            "pbsnodes printed something that is no list of nodes", "see what pbsnodes -a prints");
      }
      kinds.add(
          new NodeKind(
              Integer.parseInt(kind.group(1)),
              Integer.parseInt(kind.group(2)),
              0,
              Long.parseLong(kind.group(3)) * GIBIBYTE,
              Integer.parseInt(kind.group(4))));
    }
    return soFar.withNodes(kinds);
  }

  /** A document without the section says nothing, as one of a server that is down. */
  private static Map<String, Map<String, String>> section(CommandResult result, String name)
      throws SchedulerRefusal {
    if (result.exitCode() == 127 || result.exitCode() == 126) {
      throw SchedulerRefusal.passing(
          "there is no qstat", "put PBS's commands on the PATH of the head node's login shell");
    }
    if (result.exitCode() != 0 || PbsErrors.tellsOfNoServer(result)) {
      throw SchedulerRefusal.passing(PbsErrors.said("qstat", result), PbsProDialect.WAIT);
    }
    try {
      return PbsDocument.section(result.stdout(), name, true)
          .filter(objects -> !objects.isEmpty())
          .orElseThrow(
              () ->
                  SchedulerRefusal.passing(
                      "qstat told of no " + name.toLowerCase(Locale.ROOT) + ", and not why",
                      PbsProDialect.WAIT));
    } catch (IOException e) {
      throw SchedulerRefusal.passing(
          "qstat printed text that is no document",
          "see what qstat -Q -f -F json prints there; PBS before 18 has no JSON");
    }
  }
}
