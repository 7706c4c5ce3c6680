package dev.drover.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.Launchers;
import dev.drover.template.DirectiveEdits;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch provider makes of a scheduler's answers, with both ends faked. */
class BatchProviderTest {
  private static final JobSpec SPEC =
      new JobSpec(
          "b-0007",
          Path.of("/scratch/b-0007"),
          List.of("true"),
          ResourceSpec.ofNodes(1),
          Map.of(),
          "");

  private final ScriptedHeadNode headNode = new ScriptedHeadNode();
  private final MovedClock clock = new MovedClock();
  private final ToyDialect dialect = new ToyDialect();
  private BatchProvider provider;

  @BeforeEach
  void makeProvider() throws Exception {
    provider =
        new BatchProvider(
            headNode,
            dialect,
            new JobScripts(
                ScriptRenderer.shipped("local"),
                Launchers.of("single-node"),
                JobOptions.NONE,
                new DirectiveEdits("", List.of(), List.of())),
            clock);
  }

  /** Answers commands from a queue, and keeps files in memory. */
  private static final class ScriptedHeadNode implements HeadNode {
    private final ArrayDeque<CommandResult> answers = new ArrayDeque<>();
    private final List<String> commands = new ArrayList<>();
    private final Map<Path, String> files = new HashMap<>();

    void answer(int exitCode, String stdout, String stderr) {
      answers.add(new CommandResult(exitCode, stdout, stderr, Duration.ofMillis(5), false));
    }

    void neverAnswer() {
      answers.add(new CommandResult(137, "", "", Duration.ofSeconds(30), true));
    }

    @Override
    public CommandResult run(Command command) throws IOException {
      commands.add(command.toString());
      if (answers.isEmpty()) {
        throw new IOException("connection reset");
      }
      return answers.remove();
    }

    @Override
    public void write(Path file, String content, FileMode mode) {
      files.put(file, content);
    }

    @Override
    public Optional<String> read(Path file) {
      return Optional.ofNullable(files.get(file));
    }

    @Override
    public void delete(Path file) {
      files.remove(file);
    }

    @Override
    public String host() {
      return "login01";
    }
  }

  /** A scheduler that prints "ID STATE" lines. */
  private static final class ToyDialect implements SchedulerDialect {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private boolean hasHistory;

    @Override
    public String name() {
      return "Toy";
    }

    @Override
    public List<String> programs() {
      return List.of();
    }

    @Override
    public String directivePrefix() {
      return "";
    }

    @Override
    public Optional<Command> find(String jobName) {
      return Optional.of(Command.of(TIMEOUT, List.of("toyfind", jobName)));
    }

    @Override
    public Optional<JobId> parseFind(CommandResult result, String jobName) throws SchedulerRefusal {
      if (!result.succeeded()) {
        throw SchedulerRefusal.passing("database is down", "wait");
      }
      return result.stdout().isBlank()
          ? Optional.empty()
          : Optional.of(new JobId(result.stdout().strip()));
    }

    @Override
    public Optional<Command> history(List<SubmittedJob> unlisted) {
      return hasHistory
          ? Optional.of(Command.of(TIMEOUT, words("toyhist", unlisted)))
          : Optional.empty();
    }

    @Override
    public Map<JobId, JobStatus> parseHistory(CommandResult result, Instant now)
        throws SchedulerRefusal {
      return parseStatus(result, now);
    }

    @Override
    public Optional<Command> test(JobSpec spec) {
      return Optional.of(Command.of(TIMEOUT, List.of("toysub", "-h", spec.script().toString())));
    }

    @Override
    public TestAnswer parseTest(CommandResult result) throws SchedulerRefusal {
      return new TestAnswer("it would start tomorrow", Optional.of(parseSubmit(result)));
    }

    @Override
    public Command submit(JobSpec spec) {
      return Command.of(TIMEOUT, List.of("toysub", spec.script().toString()));
    }

    @Override
    public JobId parseSubmit(CommandResult result) throws SchedulerRefusal {
      if (result.exitCode() == 1) {
        throw SchedulerRefusal.permanent("invalid partition \"debugg\"", "set provider.partition");
      }
      if (result.exitCode() != 0) {
        throw SchedulerRefusal.passing("too many jobs", "try later");
      }
      return new JobId(result.stdout().strip());
    }

    @Override
    public Command status(List<SubmittedJob> jobs) {
      return Command.of(TIMEOUT, words("toystat", jobs));
    }

    @Override
    public Map<JobId, JobStatus> parseStatus(CommandResult result, Instant now)
        throws SchedulerRefusal {
      if (!result.succeeded()) {
        throw SchedulerRefusal.passing("database is down", "wait");
      }
      Map<JobId, JobStatus> seen = new HashMap<>();
      for (String line : result.stdout().lines().toList()) {
        String[] words = line.split(" ");
        seen.put(new JobId(words[0]), JobStatus.of(JobState.valueOf(words[1]), now));
      }
      return seen;
    }

    @Override
    public Command cancel(List<SubmittedJob> jobs) {
      return Command.of(TIMEOUT, words("toydel", jobs));
    }

    @Override
    public void checkCancel(CommandResult result) throws SchedulerRefusal {
      if (result.exitCode() != 0) {
        throw SchedulerRefusal.passing("not permitted", "ask an admin");
      }
    }

    private static List<String> words(String program, List<SubmittedJob> jobs) {
      List<String> words = new ArrayList<>(List.of(program));
      jobs.forEach(job -> words.add(job.id().value()));
      return words;
    }
  }

  /** Goes on one second at each look. */
  private static final class MovedClock extends Clock {
    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      now = now.plusSeconds(1);
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private JobId submitted() throws Exception {
    headNode.answer(0, "17", "");
    return provider.submit(SPEC);
  }

  @Test
  void submit_removesAnotherJobsExitCode_thenWritesTheScript_thenSubmitsIt() throws Exception {
    headNode.files.put(SPEC.exitCodeFile(), "0\n");
    assertThat(submitted()).isEqualTo(new JobId("17"));
    assertThat(headNode.files).containsOnlyKeys(SPEC.script());
    assertThat(headNode.commands).containsExactly("toysub /scratch/b-0007/submit.sh");
  }

  @Test
  void refusedForGood_isInvalid_withCommandScriptStderrAndFix() {
    headNode.answer(1, "", "toysub: error: invalid partition specified: debugg\n");
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider.submit(SPEC))
        .withMessage(
            """
            Toy refused block b-0007 on login01 (toysub, exit 1): invalid partition "debugg"
              command: toysub /scratch/b-0007/submit.sh   (script kept: /scratch/b-0007/submit.sh)
              stderr:  toysub: error: invalid partition specified: debugg
              fix:     set provider.partition""");
  }

  @Test
  void refusedForNow_mayBeTriedAgain() {
    headNode.answer(2, "", "");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(SPEC))
        .withMessageContaining("too many jobs")
        .withMessageContaining("(nothing)")
        .withMessageContaining("try later");
  }

  @Test
  void lostAnswerToSubmit_saysToLookForTheJobFirst() {
    headNode.neverAnswer();
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(SPEC))
        .withMessageContaining(
            "gave no answer about block b-0007 on login01 (toysub, killed after 30 s)")
        .withMessageContaining("look for a job named b-0007");
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(SPEC))
        .withMessageContaining("connection reset")
        .withMessageContaining("look for a job named b-0007");
  }

  @Test
  void forgottenJob_isSettledByTheExitCodeItWrote() throws Exception {
    JobId id = submitted();
    headNode.files.put(SPEC.exitCodeFile(), "3\n");
    headNode.answer(0, "", "");
    JobStatus end = provider.status(Set.of(id)).get(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(3);
  }

  @Test
  void forgottenJobWithoutExitCode_hasNoEntry_andIsAskedForAgain() throws Exception {
    JobId id = submitted();
    headNode.answer(0, "17 RUNNING", "");
    headNode.answer(0, "", "");
    headNode.answer(0, "17 RUNNING", "");
    assertThat(provider.status(Set.of(id))).containsKey(id);
    assertThat(provider.status(Set.of(id))).isEmpty();
    assertThat(provider.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void halfWrittenExitCode_isNoEvidence() throws Exception {
    JobId id = submitted();
    headNode.files.put(SPEC.exitCodeFile(), "");
    headNode.answer(0, "", "");
    assertThat(provider.status(Set.of(id))).isEmpty();
  }

  @Test
  void terminalState_isNeverLeft_andNotAskedFor() throws Exception {
    JobId id = submitted();
    headNode.answer(0, "17 TIMED_OUT", "");
    JobStatus end = provider.status(Set.of(id)).get(id);
    assertThat(end.state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(provider.status(Set.of(id))).containsEntry(id, end);
    provider.cancel(Set.of(id));
    assertThat(headNode.commands).containsExactly("toysub /scratch/b-0007/submit.sh", "toystat 17");
  }

  @Test
  void since_isWhenTheStateWasFirstSeen() throws Exception {
    JobId id = submitted();
    headNode.answer(0, "17 PENDING", "");
    headNode.answer(0, "17 PENDING", "");
    headNode.answer(0, "17 RUNNING", "");
    assertThat(provider.status(Set.of(id)).get(id).since()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(provider.status(Set.of(id)).get(id).since()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(provider.status(Set.of(id)).get(id))
        .isEqualTo(
            new JobStatus(JobState.RUNNING, Instant.ofEpochSecond(3), OptionalInt.empty(), ""));
  }

  @Test
  void answersAboutOtherJobs_areDropped() throws Exception {
    JobId id = submitted();
    headNode.answer(0, "17 RUNNING\n18 RUNNING", "");
    assertThat(provider.status(Set.of(id))).containsOnlyKeys(id);
  }

  @Test
  void schedulerThatCannotBeAsked_isAnException_andNoOutcome() throws Exception {
    JobId id = submitted();
    headNode.answer(1, "", "cannot connect to slurmdbd");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> provider.status(Set.of(id)))
        .withMessageContaining("database is down")
        .withMessageContaining("stderr:  cannot connect")
        .withMessageContaining("the last status holds");
    headNode.neverAnswer();
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> provider.status(Set.of(id)))
        .withMessageContaining("gave no answer");
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> provider.status(Set.of(id)))
        .withMessageContaining("connection reset");
  }

  @Test
  void cancelThatCannotBeAsked_isNoException() throws Exception {
    JobId id = submitted();
    headNode.answer(1, "", "denied");
    provider.cancel(Set.of(id));
    headNode.neverAnswer();
    provider.cancel(Set.of(id));
    provider.cancel(Set.of(id));
    assertThat(headNode.commands.subList(1, 4)).containsOnly("toydel 17");
  }

  @Test
  void providers_knowEveryName_andSuggestTheNearest() {
    assertThat(Providers.NAMES)
        .allSatisfy(
            name ->
                assertThat(Providers.of(ProviderSettings.of(name), new LocalHeadNode()))
                    .isNotNull());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Providers.of(ProviderSettings.of("locale"), headNode))
        .withMessageStartingWith("unknown provider \"locale\" (did you mean local?)");
  }

  @Test
  void sitesOwnTemplate_isUsed(@TempDir Path folder) throws Exception {
    Path own =
        Files.writeString(folder.resolve("own.ftl"), "#!/bin/sh\n# ${jobName} at our site\n");
    ProviderSettings defaults = ProviderSettings.of("local");
    ProviderSettings settings =
        new ProviderSettings(
            "local",
            defaults.launcher(),
            JobOptions.NONE,
            Optional.of(own),
            List.of(),
            List.of(),
            defaults.commandTimeout(),
            defaults.cancelGrace());
    headNode.answer(0, "4711-99", "");
    Providers.of(settings, headNode).submit(SPEC);
    assertThat(headNode.files.get(SPEC.script())).isEqualTo("#!/bin/sh\n# b-0007 at our site\n");
    Files.writeString(own, "${");
    assertThatExceptionOfType(ScriptRenderException.class)
        .isThrownBy(() -> Providers.of(settings, headNode))
        .withMessageContaining("own.ftl");
  }

  @Test
  void settings_refuseTimesThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(Duration.ZERO, Duration.ZERO))
        .withMessageContaining("command timeout");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(Duration.ofSeconds(30), Duration.ofMillis(5)))
        .withMessageContaining("cancel grace");
  }

  private static ProviderSettings settings(Duration commandTimeout, Duration cancelGrace) {
    return new ProviderSettings(
        "local",
        Launchers.of("single-node"),
        JobOptions.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        commandTimeout,
        cancelGrace);
  }

  @Test
  void submissionWithoutAnAnswer_isFoundByItsName_andKnownFromThenOn() throws Exception {
    headNode.neverAnswer();
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> provider.submit(SPEC))
        .matches(SubmitException::isUnanswered);
    headNode.answer(0, "", "");
    assertThat(provider.find(SPEC)).isEmpty();
    headNode.answer(0, "12\n", "");
    assertThat(provider.find(SPEC)).contains(new JobId("12"));
    headNode.files.put(SPEC.exitCodeFile(), "3\n");
    headNode.answer(0, "", "");
    assertThat(provider.status(Set.of(new JobId("12"))).get(new JobId("12")).exitCode())
        .hasValue(3);
  }

  @Test
  void recordsAreAskedOnlyForWhatTheListingLeavesOut_andGoBeforeTheExitCodeFile() throws Exception {
    dialect.hasHistory = true;
    JobId listed = new JobId("1");
    JobId ended = new JobId("2");
    provider.adopt(Map.of(listed, Path.of("/scratch/b-1"), ended, Path.of("/scratch/b-2")));
    headNode.files.put(Path.of("/scratch/b-2/exit-code"), "143\n");
    headNode.answer(0, "1 RUNNING\n", "");
    headNode.answer(0, "2 TIMED_OUT\n", "");
    Map<JobId, JobStatus> status = provider.status(Set.of(listed, ended));
    assertThat(status.get(listed).state()).isEqualTo(JobState.RUNNING);
    assertThat(status.get(ended).state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(headNode.commands).last().isEqualTo("toyhist 2");
  }

  @Test
  void recordsThatCannotBeRead_leaveTheListingAndTheExitCodeFile() throws Exception {
    dialect.hasHistory = true;
    JobId listed = new JobId("1");
    JobId ended = new JobId("2");
    provider.adopt(Map.of(listed, Path.of("/scratch/b-1"), ended, Path.of("/scratch/b-2")));
    headNode.files.put(Path.of("/scratch/b-2/exit-code"), "3\n");
    headNode.answer(0, "1 RUNNING\n", "");
    headNode.answer(1, "", "accounting storage is down");
    Map<JobId, JobStatus> status = provider.status(Set.of(listed, ended));
    assertThat(status.get(listed).state()).isEqualTo(JobState.RUNNING);
    assertThat(status.get(ended).exitCode()).hasValue(3);
  }

  @Test
  void test_asksByAHeldJob_andCancelsIt() throws Exception {
    headNode.answer(0, "77\n", "");
    headNode.answer(0, "", "");
    assertThat(provider.test(SPEC)).contains("it would start tomorrow");
    assertThat(headNode.commands)
        .containsExactly("toysub -h /scratch/b-0007/submit.sh", "toydel 77");
  }
}
