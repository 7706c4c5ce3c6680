package dev.drover.provider.flux;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SurveyQuestion;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Flux tells of itself, as flux-core 0.88 words it: its queues with their limits, whether they
 * take and start jobs, and their nodes. An instance without queues has one, which has no name.
 */
final class FluxSurvey {
  private static final String QUEUES =
      "{queue} {queuem} {enabled} {started} {defaults.timelimit} {limits.timelimit}"
          + " {limits.range.nnodes} {limits.range.ncores} {limits.range.ngpus}";

  /** The name, twice with a mark at the default one's, four words, and the three ranges. */
  private static final Pattern QUEUE =
      Pattern.compile(
          "(?:(\\S+) (\\S+)|  ?) ?\\S+ \\S+ \\S+ (\\S+) (\\d+)-(\\d+|inf) \\S+-\\S+ \\S+-\\S+");

  private static final String NODES = "{state} {queue} {nnodes} {ncores} {ngpus} {nodelist}";
  private static final Pattern NODE_LINE =
      Pattern.compile("\\S+ (\\S*) (\\d{1,9}) (\\d{1,9}) (\\d{1,9})(?: .*)?");
  private static final Pattern NODE_LINE_WITHOUT_QUEUE =
      Pattern.compile("[a-z]+ +(\\d{1,9}) (\\d{1,9}) (\\d{1,9})(?: .*)?");

  private static final Pattern TAKES =
      Pattern.compile("(?:(\\S+): )?Job submission is (enabled|disabled)(?:: (.*))?");
  private static final Pattern STARTS =
      Pattern.compile("(?:(\\S+): )?Scheduling is (started|stopped)(?:: (.*))?");

  private static final Pattern SECONDS = Pattern.compile("\\d{1,12}(\\.\\d{1,9})?");

  private FluxSurvey() {}

  /** Makes the dialect's command of these words. */
  @FunctionalInterface
  interface Commands {
    Command of(List<String> words);
  }

  static List<SurveyQuestion> questions(Commands flux) {
    return List.of(
        new SurveyQuestion(
            "its queues", flux.of(List.of("queue", "list", "-no", QUEUES)), FluxSurvey::queues),
        new SurveyQuestion(
            "whether they are open", flux.of(List.of("queue", "status")), FluxSurvey::standings),
        new SurveyQuestion(
            "its nodes",
            flux.of(List.of("resource", "list", "-s", "free,allocated,down", "-no", NODES)),
            FluxSurvey::nodes),
        new SurveyQuestion("its version", flux.of(List.of("version")), FluxSurvey::version));
  }

  private static SchedulerFacts queues(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    List<QueueFacts> queues = new ArrayList<>();
    for (String line : answer(result)) {
      Matcher queue = QUEUE.matcher(line);
      if (!queue.matches()) {
        throw noList("flux queue list", "queues");
      }
      String name = queue.group(1) == null ? "" : queue.group(1);
      queues.add(
          new QueueFacts(
              name,
              name.isEmpty() || queue.group(2).endsWith("*"),
              Standing.OPEN,
              "",
              0,
              new JobLimits(
                  Optional.of(Math.max(1, Integer.parseInt(queue.group(4)))),
                  Optional.of(queue.group(5).equals("inf") ? 0 : Integer.parseInt(queue.group(5))),
                  Optional.empty(),
                  time(queue.group(3)),
                  Optional.empty(),
                  Optional.empty()),
              Optional.empty(),
              Set.of(),
              List.of()));
    }
    if (queues.isEmpty()) {
      throw noList("flux queue list", "queues");
    }
    return soFar.withQueues(queues);
  }

  /** Seconds; zero for {@code inf}. */
  private static Optional<Duration> time(String text) {
    if (text.equals("inf")) {
      return Optional.of(Duration.ZERO);
    }
    return SECONDS.matcher(text).matches()
        ? Optional.of(Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValue()))
        : Optional.empty();
  }

  private static SchedulerFacts standings(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    Map<String, String> closed = new HashMap<>();
    Map<String, String> stopped = new HashMap<>();
    int told = 0;
    for (String line : answer(result)) {
      Matcher takes = TAKES.matcher(line);
      Matcher starts = STARTS.matcher(line);
      if (takes.matches()) {
        told++;
        note(takes, "disabled", closed);
      } else if (starts.matches()) {
        note(starts, "stopped", stopped);
      }
    }
    if (told == 0) {
      throw noList("flux queue status", "queues");
    }
    return soFar.eachQueue(
        queue -> {
          if (closed.containsKey(queue.name())) {
            return queue.standing(Standing.CLOSED, closed.get(queue.name()));
          }
          return stopped.containsKey(queue.name())
              ? queue.standing(Standing.STOPPED, stopped.get(queue.name()))
              : queue;
        });
  }

  private static void note(Matcher line, String word, Map<String, String> reasons) {
    if (line.group(2).equals(word)) {
      reasons.put(
          line.group(1) == null ? "" : line.group(1), line.group(3) == null ? word : line.group(3));
    }
  }

  /** Of nodes in one state Flux tells sums, so a kind is the mean of a queue's nodes. */
  private static SchedulerFacts nodes(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    Map<String, int[]> sums = new HashMap<>();
    for (String line : answer(result)) {
      Matcher named = NODE_LINE.matcher(line);
      Matcher nameless = NODE_LINE_WITHOUT_QUEUE.matcher(line);
      boolean isNameless = nameless.matches();
      if (!isNameless && !named.matches()) {
        throw noList("flux resource list", "nodes");
      }
      Matcher numbers = isNameless ? nameless : named;
      int first = isNameless ? 1 : 2;
      int[] sum = sums.computeIfAbsent(isNameless ? "" : named.group(1), name -> new int[3]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += Integer.parseInt(numbers.group(first + i));
      }
    }
    return soFar.eachQueue(
        queue -> {
          int[] sum = sums.getOrDefault(queue.name(), new int[3]);
          return sum[0] == 0
              ? queue
              : queue.withKinds(
                  List.of(new NodeKind(sum[0], 0, sum[1] / sum[0], 0, sum[2] / sum[0])));
        });
  }

  private static SchedulerFacts version(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    return soFar.withVersion(
        answer(result).stream()
            .filter(line -> line.startsWith("libflux-core:"))
            .map(line -> line.substring("libflux-core:".length()).strip())
            .findFirst());
  }

  private static List<String> answer(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw FluxRefusals.ofQuestion(result);
    }
    return result.stdout().lines().filter(line -> !line.isBlank()).toList();
  }

  private static SchedulerRefusal noList(String command, String what) {
    return SchedulerRefusal.passing(
        command + " printed something that is no list of " + what, "see what it prints there");
  }
}
