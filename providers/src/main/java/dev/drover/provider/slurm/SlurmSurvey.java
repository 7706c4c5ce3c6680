package dev.drover.provider.slurm;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SurveyQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Slurm tells of itself, as 22.05 words it: its partitions, their nodes, the user's accounts
 * and the qualities of service. The last two only where there is an accounting database.
 */
final class SlurmSurvey {
  /** {@code --all}: a hidden partition is no missing one. */
  private static final List<String> PARTITIONS =
      List.of("scontrol", "show", "partition", "--all", "--oneliner");

  /** One line for all nodes of a partition that are alike, however many there are. */
  private static final List<String> KINDS =
      List.of(
          "env",
          "--unset=SINFO_PARTITION",
          "--unset=SINFO_SORT",
          "sinfo",
          "--noheader",
          "--all",
          "--exact",
          "--format=%R|%D|%c|%X|%Y|%Z|%m|%G");

  private static final int KIND_COLUMNS = 8;

  private static final List<String> VERSION = List.of("scontrol", "--version");

  private static final List<String> ACCOUNTS =
      List.of(
          "sh",
          "-c",
          "sacctmgr --noheader --parsable2 show assoc where user=\"$(id -un)\""
              + " format=Account,Partition,QOS,MaxJobs,MaxSubmitJobs");

  private static final List<String> QUALITIES =
      List.of(
          "sacctmgr",
          "--noheader",
          "--parsable2",
          "show",
          "qos",
          "format=Name,MaxWall,MaxTRES,MinTRES,MaxJobsPU,MaxSubmitPU,Flags");

  private static final int QUALITY_COLUMNS = 7;

  private static final Pattern ATTRIBUTE = Pattern.compile("(?:^| )([A-Za-z]+)=(\\S*)");
  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,6})-)?(\\d{1,6}):(\\d{2}):(\\d{2})");
  private static final Pattern GPUS =
      Pattern.compile("gpu(?::[^:(]*[^:(0-9][^:(]*)?(?::(\\d{1,6}))?(?:\\(.*\\))?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final long MEBIBYTE = 1L << 20;

  private SlurmSurvey() {}

  /** Makes the dialect's command of these words, for its clusters. */
  @FunctionalInterface
  interface Commands {
    Command of(List<String> words);
  }

  static List<SurveyQuestion> questions(Commands here, Commands onClusters) {
    return List.of(
        new SurveyQuestion("its partitions", onClusters.of(PARTITIONS), SlurmSurvey::partitions),
        new SurveyQuestion("its nodes", onClusters.of(KINDS), SlurmSurvey::kinds),
        new SurveyQuestion("its version", here.of(VERSION), SlurmSurvey::version),
        new SurveyQuestion("your accounts", here.of(ACCOUNTS), SlurmSurvey::accounts),
        new SurveyQuestion("its QOS", here.of(QUALITIES), SlurmSurvey::qualities));
  }

  private static SchedulerFacts partitions(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    List<String> lines = answer(result);
    List<QueueFacts> queues = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("PartitionName=")) {
        queues.add(partition(attributes(line)));
      }
    }
    if (queues.isEmpty() && !lines.contains("No partitions in the system")) {
      throw noList("scontrol", "partitions");
    }
    return soFar.withQueues(queues);
  }

  private static Map<String, String> attributes(String line) {
    Map<String, String> attributes = new HashMap<>();
    Matcher each = ATTRIBUTE.matcher(line);
    while (each.find()) {
      attributes.put(each.group(1), each.group(2));
    }
    return attributes;
  }

  private static QueueFacts partition(Map<String, String> attributes) throws SchedulerRefusal {
    String state = attributes.get("State");
    if (state == null || !attributes.containsKey("TRES") && !attributes.containsKey("TotalNodes")) {
      throw noList("scontrol", "partitions"); // torn
    }
    Standing standing =
        switch (state) {
          case "UP" -> Standing.OPEN;
          case "DOWN" -> Standing.STOPPED;
          default -> Standing.CLOSED; // DRAIN, INACTIVE
        };
    return new QueueFacts(
        attributes.get("PartitionName"),
        "YES".equals(attributes.get("Default")),
        standing,
        standing == Standing.OPEN ? "" : "State=" + state,
        count(attributes.get("TotalNodes")).orElse(0),
        new JobLimits(
            count(attributes.get("MinNodes")).map(least -> Math.max(1, least)),
            count(attributes.get("MaxNodes")),
            Optional.empty(),
            time(attributes.get("MaxTime")),
            Optional.empty(),
            Optional.empty()),
        names(attributes.get("AllowAccounts")),
        names(attributes.get("DenyAccounts")).orElse(Set.of()),
        List.of());
  }

  /** Empty for ALL, and for nothing. */
  private static Optional<Set<String>> names(String text) {
    return Optional.ofNullable(text)
        .filter(names -> !names.equals("ALL") && !names.isEmpty())
        .map(names -> Set.copyOf(List.of(names.split(","))));
  }

  /** Zero for what is said to have no limit; empty for what is not said. */
  private static Optional<Integer> count(String text) {
    if (text == null) {
      return Optional.empty();
    }
    if (isUnlimited(text)) {
      return Optional.of(0);
    }
    return NUMBER.matcher(text).matches() ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static Optional<Duration> time(String text) {
    if (text == null) {
      return Optional.empty();
    }
    if (isUnlimited(text)) {
      return Optional.of(Duration.ZERO);
    }
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return Optional.empty();
    }
    long days = time.group(1) == null ? 0 : Long.parseLong(time.group(1));
    return Optional.of(
        Duration.ofDays(days)
            .plusHours(Long.parseLong(time.group(2)))
            .plusMinutes(Long.parseLong(time.group(3)))
            .plusSeconds(Long.parseLong(time.group(4))));
  }

  private static boolean isUnlimited(String text) {
    return text.equals("UNLIMITED") || text.equals("INFINITE");
  }

  private static SchedulerFacts kinds(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    Map<String, List<NodeKind>> byPartition = new HashMap<>();
    for (String line : answer(result)) {
      String[] columns = line.split("\\|", -1);
      if (columns.length == KIND_COLUMNS) {
        kind(columns)
            .ifPresent(
                kind ->
                    byPartition.computeIfAbsent(columns[0], name -> new ArrayList<>()).add(kind));
      } else if (!line.startsWith("CLUSTER: ")) {
        throw noList("sinfo", "nodes");
      }
    }
    return soFar.eachQueue(
        queue -> queue.withKinds(byPartition.getOrDefault(queue.name(), List.of())));
  }

  /** Empty for numbers that do not read: a node that never came up has none. */
  private static Optional<NodeKind> kind(String[] columns) {
    List<Integer> numbers =
        Stream.of(columns)
            .skip(1)
            .limit(6)
            .flatMap(text -> count(text).stream())
            .collect(Collectors.toList());
    if (numbers.size() < 6 || numbers.get(0) < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeKind(
            numbers.get(0),
            numbers.get(1),
            numbers.get(2) * numbers.get(3),
            numbers.get(5) * MEBIBYTE,
            gpus(columns[7])));
  }

  /** {@code gpu:a100:4(S:0-1),gpu:v100:2} has six. */
  private static int gpus(String gres) {
    int gpus = 0;
    for (String one : gres.split(",(?![^(]*\\))")) {
      Matcher gpu = GPUS.matcher(one);
      if (gpu.matches()) {
        gpus += gpu.group(1) == null ? 1 : Integer.parseInt(gpu.group(1));
      }
    }
    return gpus;
  }

  private static SchedulerFacts version(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    String line = String.join(" ", answer(result));
    return soFar.withVersion(Optional.of(line.replaceFirst("^slurm(-wlm)? ", "")));
  }

  private static SchedulerFacts accounts(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    if (hasNoDatabase(result)) {
      return soFar;
    }
    Set<String> accounts = new TreeSet<>();
    for (String line : answer(result)) {
      accounts.add(line.split("\\|", 2)[0]);
    }
    return soFar.withAccounts(accounts);
  }

  private static SchedulerFacts qualities(CommandResult result, SchedulerFacts soFar)
      throws SchedulerRefusal {
    if (hasNoDatabase(result)) {
      return soFar;
    }
    Map<String, JobLimits> qualities = new HashMap<>();
    for (String line : answer(result)) {
      String[] columns = line.split("\\|", -1);
      if (columns.length != QUALITY_COLUMNS) {
        throw noList("sacctmgr", "QOS");
      }
      qualities.put(
          columns[0],
          new JobLimits(
              nodes(columns[3]).map(least -> Math.max(1, least)),
              nodes(columns[2]),
              Optional.empty(),
              time(columns[1]),
              count(columns[5]),
              count(columns[4])));
    }
    return soFar.withQualities(qualities);
  }

  /** The nodes of {@code cpu=64,node=1}. */
  private static Optional<Integer> nodes(String resources) {
    return Stream.of(resources.split(","))
        .filter(one -> one.startsWith("node="))
        .flatMap(one -> count(one.substring("node=".length())).stream())
        .findFirst();
  }

  /** Not a failure: such a Slurm knows no accounts, and takes any. */
  private static boolean hasNoDatabase(CommandResult result) {
    return result.exitCode() != 0
        && (result.stderr().contains("supported accounting_storage plugin")
            || result.stderr().contains("accounting storage is disabled"));
  }

  private static List<String> answer(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SlurmRefusals.ofQuestion(result);
    }
    return result.stdout().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static SchedulerRefusal noList(String program, String what) {
    return SchedulerRefusal.passing(
        program + " printed something that is no list of " + what,
        "see whether " + program + " is a wrapper here, or was cut short");
  }
}
