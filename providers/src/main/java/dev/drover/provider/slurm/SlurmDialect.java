package dev.drover.provider.slurm;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobStatus;
import dev.drover.provider.SchedulerDialect;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.SubmittedJob;
import dev.drover.provider.SurveyQuestion;
import dev.drover.template.ShellQuoting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Slurm's {@code sbatch}, {@code squeue}, {@code scancel} and {@code sacct}. The listing that
 * {@code squeue} gives is asked first: it is at hand and up to date, and still knows a job for some
 * minutes after its end. The records of {@code sacct} come later and cost more; a site may have
 * none.
 */
public final class SlurmDialect implements SchedulerDialect {
  /** What a user may have set to narrow a listing of their own; ours would lack jobs. */
  private static final List<String> UNFILTERED =
      List.of(
          "env",
          "--unset=SQUEUE_ACCOUNT",
          "--unset=SQUEUE_LICENSES",
          "--unset=SQUEUE_NAMES",
          "--unset=SQUEUE_PARTITION",
          "--unset=SQUEUE_QOS",
          "--unset=SQUEUE_SORT",
          "--unset=SQUEUE_USERS");

  /**
   * sbatch takes each {@code SBATCH_*} of the user's for an option that goes before the script's
   * own: another account, queue or walltime than was rendered, or a name by which the job is never
   * found. Each version of Slurm knows some more.
   */
  private static final List<String> AS_WRITTEN =
      List.of("sh", "-c", "unset $(env | grep -o \"^SBATCH_[A-Z0-9_]*\"); exec \"$@\"", "sh");

  private static final Pattern PARSABLE = Pattern.compile("[0-9]+(;[A-Za-z0-9._-]+)?");

  /** What a wrapper around sbatch prints that knows no {@code --parsable}. */
  private static final Pattern SENTENCE =
      Pattern.compile("Submitted batch job ([0-9]+)(?: on cluster ([A-Za-z0-9._-]+))?");

  private final Duration timeout;
  private final Optional<String> clusters;

  /**
   * Slurm's words.
   *
   * @param timeout for each command; a controller that is away makes them take up to 20 s
   * @param clusters one name or more with commas, for every command; absent for the head node's own
   */
  public SlurmDialect(Duration timeout, Optional<String> clusters) {
    this.timeout = requireNonNull(timeout, "timeout");
    this.clusters = requireNonNull(clusters, "clusters");
  }

  @Override
  public String name() {
    return "Slurm";
  }

  @Override
  public List<String> programs() {
    return List.of("sbatch", "squeue", "scancel");
  }

  @Override
  public String directivePrefix() {
    return "#SBATCH";
  }

  @Override
  public Command submit(JobSpec spec) {
    return sbatch("--parsable", spec);
  }

  @Override
  public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SlurmRefusals.ofSubmit(result);
    }
    Optional<SlurmJobId> id = Optional.empty();
    for (String line : result.stdout().lines().map(String::strip).toList()) {
      Optional<SlurmJobId> here = idIn(line);
      id = here.isPresent() ? here : id;
    }
    return id.map(SlurmJobId::toJobId)
        .orElseThrow(
            () ->
                SchedulerRefusal.unanswered(
                    "sbatch did not print the job's id",
                    "see whether sbatch is a wrapper here that swallows what --parsable prints"));
  }

  private static Optional<SlurmJobId> idIn(String line) {
    if (PARSABLE.matcher(line).matches()) {
      return SlurmJobId.parse(line);
    }
    Matcher sentence = SENTENCE.matcher(line);
    if (!sentence.matches()) {
      return Optional.empty();
    }
    String cluster = sentence.group(2) == null ? "" : ";" + sentence.group(2);
    return SlurmJobId.parse(sentence.group(1) + cluster);
  }

  @Override
  public Optional<Command> find(String jobName) {
    return Optional.of(command(squeue(), List.of("--me", "--name=" + jobName)));
  }

  @Override
  public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
    Comparator<SlurmListing.Row> latest =
        Comparator.comparing(
                (SlurmListing.Row row) -> !row.status(Instant.EPOCH).state().isTerminal())
            .thenComparing(SlurmListing.Row::number);
    return listing(result).rows().stream()
        .max(latest)
        .map(
            row ->
                new SlurmJobId(
                    row.number(), clusters.isPresent() ? cluster(row) : Optional.empty()))
        .map(SlurmJobId::toJobId);
  }

  @Override
  public Command status(List<SubmittedJob> jobs) {
    return about(squeue(), jobs);
  }

  private static List<String> squeue() {
    List<String> words = new ArrayList<>(UNFILTERED);
    words.addAll(
        List.of("squeue", "--noheader", "--states=all", "--Format=" + SlurmListing.QUEUE_FORMAT));
    return words;
  }

  @Override
  public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
      throws SchedulerRefusal {
    return statuses(listing(result), now);
  }

  private static SlurmListing listing(CommandResult result) throws SchedulerRefusal {
    boolean forgotten = SlurmRefusals.isForgottenJob(result);
    if (result.exitCode() != 0 && !forgotten) {
      throw SlurmRefusals.ofQuestion(result);
    }
    return SlurmListing.ofQueue(result.stdout())
        .orElseThrow(
            () ->
                SchedulerRefusal.passing(
                    "squeue printed something that is no listing",
                    "see whether squeue is a wrapper here that knows no --Format"));
  }

  /** A row is a job's by its number alone, and by its number with its cluster. */
  private static Map<JobId, JobStatus> statuses(SlurmListing listing, Instant now) {
    Map<JobId, JobStatus> seen = new HashMap<>();
    for (SlurmListing.Row row : listing.rows()) {
      JobStatus status = row.status(now);
      seen.put(new SlurmJobId(row.number(), Optional.empty()).toJobId(), status);
      if (cluster(row).isPresent()) {
        seen.put(new SlurmJobId(row.number(), cluster(row)).toJobId(), status);
      }
    }
    return seen;
  }

  private static Optional<String> cluster(SlurmListing.Row row) {
    return Optional.of(row.cluster()).filter(name -> name.matches("[A-Za-z0-9._-]+"));
  }

  @Override
  public Optional<Command> history(List<SubmittedJob> unlisted) {
    List<String> sacct =
        List.of(
            "sacct",
            "--noheader",
            "--allocations",
            "--parsable2",
            "--format=" + SlurmListing.RECORD_FORMAT);
    return Optional.of(about(sacct, unlisted));
  }

  @Override
  public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
      throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      if (SlurmRefusals.words(result.stderr()).contains("accounting storage is disabled")) {
        return Map.of();
      }
      throw SlurmRefusals.ofQuestion(result);
    }
    // Records lag behind: a job that is alive by them is one that they have not heard the end of.
    return statuses(SlurmListing.ofRecords(result.stdout()), now).entrySet().stream()
        .filter(entry -> entry.getValue().state().isTerminal())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public Command cancel(List<SubmittedJob> jobs) {
    Map<String, List<String>> byCluster = new TreeMap<>();
    for (SlurmJobId id : ids(jobs)) {
      byCluster
          .computeIfAbsent(id.cluster().or(() -> clusters).orElse(""), name -> new ArrayList<>())
          .add(Long.toString(id.number()));
    }
    List<List<String>> commands = new ArrayList<>();
    byCluster.forEach(
        (cluster, numbers) -> {
          List<String> argv = new ArrayList<>(List.of("scancel"));
          if (!cluster.isEmpty()) {
            argv.add("--clusters=" + cluster);
          }
          argv.addAll(numbers);
          commands.add(argv);
        });
    return Command.of(timeout, oneAfterAnother(commands));
  }

  /** Another cluster may count a job of the same number, so each is told of its own alone. */
  private static List<String> oneAfterAnother(List<List<String>> commands) {
    if (commands.size() == 1) {
      return commands.get(0);
    }
    List<String> argv = new ArrayList<>(List.of("sh", "-c"));
    argv.add(
        commands.stream()
            .map(words -> ShellQuoting.quoteAll(words) + " || code=$?; ")
            .collect(Collectors.joining("", "code=0; ", "exit $code")));
    return argv;
  }

  @Override
  public void checkCancel(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SlurmRefusals.ofQuestion(result);
    }
  }

  @Override
  public Optional<Command> test(JobSpec spec) {
    return Optional.of(sbatch("--test-only", spec));
  }

  @Override
  public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
    if (result.exitCode() != 0) {
      throw SlurmRefusals.ofSubmit(result);
    }
    return new TestAnswer(SlurmRefusals.words(result.stderr()), Optional.empty());
  }

  @Override
  public List<SurveyQuestion> survey() {
    return SlurmSurvey.questions(
        words -> Command.of(timeout, words), words -> command(words, List.of()));
  }

  private Command sbatch(String option, JobSpec spec) {
    List<String> words = new ArrayList<>(AS_WRITTEN);
    words.addAll(List.of("sbatch", option));
    return command(words, List.of(spec.script().toString()));
  }

  private Command command(List<String> words, List<String> more) {
    List<String> argv = new ArrayList<>(words);
    clusters.ifPresent(names -> argv.add("--clusters=" + names));
    argv.addAll(more);
    return Command.of(timeout, argv);
  }

  /** A command that is asked about jobs; ids that are none of Slurm's would spoil it for all. */
  private Command about(List<String> words, List<SubmittedJob> jobs) {
    List<SlurmJobId> ids = ids(jobs);
    if (ids.isEmpty()) {
      return Command.of(timeout, List.of("true"));
    }
    List<String> argv = new ArrayList<>(words);
    clusters.or(() -> clustersOf(ids)).ifPresent(names -> argv.add("--clusters=" + names));
    argv.add(
        ids.stream()
            .map(id -> Long.toString(id.number()))
            .distinct()
            .collect(Collectors.joining(",", "--jobs=", "")));
    return Command.of(timeout, argv);
  }

  /** Where the site names no clusters, the ids may: a job was sent to another one. */
  private static Optional<String> clustersOf(List<SlurmJobId> ids) {
    return Optional.of(
            ids.stream()
                .flatMap(id -> id.cluster().stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(",")))
        .filter(names -> !names.isEmpty());
  }

  private static List<SlurmJobId> ids(List<SubmittedJob> jobs) {
    return jobs.stream().flatMap(job -> SlurmJobId.parse(job.id().value()).stream()).toList();
  }
}
