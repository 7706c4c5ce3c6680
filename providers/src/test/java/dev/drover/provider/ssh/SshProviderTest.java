package dev.drover.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.headnode.SshServer;
import dev.drover.headnode.SshSettings;
import dev.drover.job.JobId;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.job.ResourceSpec;
import dev.drover.launcher.Launchers;
import dev.drover.provider.CountingHeadNode;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderContract;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two hosts behind real OpenSSH servers, and this machine. */
class SshProviderTest extends ProviderContract {
  private static SshServer first;
  private static SshServer second;

  /** In the order in which blocks get them. */
  private final Map<String, CountingHeadNode> hosts = new LinkedHashMap<>();

  @BeforeAll
  static void startServers() {
    first = SshServer.start();
    second = SshServer.start();
  }

  @AfterAll
  static void stopServers() {
    for (SshServer server : new SshServer[] {first, second}) {
      if (server != null) {
        server.close();
      }
    }
  }

  private static SshHost host(SshServer server) {
    return new SshHost(Optional.of(server.address("root")), OptionalInt.empty());
  }

  private static ProviderSettings settings() {
    return new ProviderSettings(
        "ssh",
        Launchers.of("single-node"),
        JobOptions.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1));
  }

  @Override
  protected Provider provider() throws Exception {
    return over(List.of(host(first), host(second), SshHost.parse("localhost*3")));
  }

  private Provider over(List<SshHost> named) throws Exception {
    return new SshProvider(
        settings(),
        named,
        host -> {
          CountingHeadNode counting = new CountingHeadNode(reached(host));
          hosts.put(host.name(), counting);
          return counting;
        });
  }

  private static HeadNode reached(SshHost host) {
    if (host.address().isEmpty()) {
      return new LocalHeadNode();
    }
    SshServer server = host.address().get().port().getAsInt() == first.port() ? first : second;
    SshSettings usual = server.settings(host.address().get());
    SshSettings impatient =
        new SshSettings(
            usual.address(),
            usual.jumps(),
            usual.identityFiles(),
            usual.knownHosts(),
            usual.keepAlive(),
            Duration.ofSeconds(3),
            usual.init(),
            usual.configuration());
    return new SshHeadNode(impatient, new ConsolePrompt());
  }

  /** Of the host that was asked most: each is asked by itself. */
  @Override
  protected int statusQueries() {
    return hosts.values().stream().mapToInt(h -> h.count("drover-status")).max().orElseThrow();
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("localhost/" + ProcessHandle.current().pid() + "-1");
  }

  @Override
  protected int tooManyNodes() {
    return 4;
  }

  private JobSpec onTwoHosts(String script) {
    return spec(ResourceSpec.ofNodes(2), script);
  }

  private Path of(SshServer server, int place) {
    return folder.resolve("b").resolve(place + "-root-127.0.0.1-" + server.port());
  }

  private static boolean says(Path directory, String text) {
    try {
      Path file = directory.resolve("stdout");
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  private void awaitBoth() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> says(of(first, 1), "started") && says(of(second, 2), "started"));
  }

  @Test
  void blockOfTwoHosts_runsOnBoth_andIsCompletedWhenBothAre() throws Exception {
    JobStatus end = awaitEnd(submit(onTwoHosts("echo on $SSH_CONNECTION")));
    assertThat(end.state()).isEqualTo(JobState.COMPLETED);
    assertThat(of(first, 1).resolve("stdout")).content().contains(" " + first.port());
    assertThat(of(second, 2).resolve("stdout")).content().contains(" " + second.port());
  }

  @Test
  void partThatDies_leavesTheOtherAtWork_andIsNamedAtTheEnd() throws Exception {
    JobId id =
        submit(
            onTwoHosts(
                "echo started; case $PWD in */1-*) exit 5;; esac; until [ -e ../go ]; do sleep 0.1; done"));
    awaitBoth();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(of(first, 1).resolve("exit-code")));
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    Files.createFile(folder.resolve("b/go"));
    JobStatus end = awaitEnd(id);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.exitCode()).hasValue(5);
    assertThat(end.reason())
        .contains("on root@127.0.0.1:" + first.port(), of(first, 1).resolve("stderr").toString())
        .doesNotContain(":" + second.port());
  }

  @Test
  void cancelledBlock_endsOnAllItsHosts_byForceWhereTermIsIgnored() throws Exception {
    JobId id = submit(onTwoHosts("trap '' TERM; echo started; while :; do sleep 0.2; done"));
    awaitBoth();
    provider.cancel(Set.of(id));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
    for (BlockPart part : BlockPart.of(id, Optional.empty())) {
      String session = part.job().value().replaceFirst("-.*", "");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> new ProcessBuilder("pgrep", "-s", session).start().waitFor() == 1);
    }
  }

  @Test
  void hostThatIsDown_isPassedOver_andTheBlockGoesToOthers() throws Exception {
    first.ctl("stop");
    try {
      JobId id = submit(spec(WAIT));
      assertThat(id.value()).startsWith("root@127.0.0.1:" + second.port() + "/");
      assertThatExceptionOfType(SubmitException.class)
          .isThrownBy(
              () ->
                  provider.submit(
                      new JobSpec(
                          "wide",
                          folder.resolve("wide"),
                          List.of("true"),
                          ResourceSpec.ofNodes(2),
                          Map.of(),
                          "")))
          .withMessageContaining("block wide is of 2 hosts, and ")
          .withMessageContaining("root@127.0.0.1:" + first.port())
          .withMessageContaining("fix:")
          .matches(e -> !e.isUnanswered());
    } finally {
      first.ctl("start");
    }
  }

  @Test
  void serverKilledInMidRun_makesUnknown_neverGone_andCancelReachesTheHostWhenItAnswersAgain()
      throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    JobStatus running = status(id);
    first.ctl("stop");
    try {
      assertThatExceptionOfType(StatusUnavailableException.class)
          .isThrownBy(() -> provider.status(Set.of(id)))
          .withMessageContaining("root@127.0.0.1:" + first.port())
          .withMessageContaining("nothing is lost");
      provider.cancel(Set.of(id)); // nobody hears it
      JobSpec other = spec(folder.resolve("other"), "", WAIT);
      JobId elsewhere = submit(other);
      assertThat(elsewhere.value()).doesNotContain(":" + first.port() + "/");
      assertThat(provider.status(Set.of(id, elsewhere))).containsEntry(id, running);
    } finally {
      first.ctl("start");
    }
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void blockWithinItsWalltime_isEndedAtIt_andTimedOut() throws Exception {
    ResourceSpec twoSeconds =
        new ResourceSpec(
            1,
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.of(Duration.ofSeconds(2)));
    assertThat(awaitEnd(submit(spec(twoSeconds, WAIT))).state()).isEqualTo(JobState.TIMED_OUT);
  }

  @Test
  void laterProcess_findsTheBlockByItsId_andItsHostIsTaken() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Provider later = provider();
    later.adopt(Map.of(id, spec.directory()));
    assertThat(later.status(Set.of(id)).get(id).state()).isEqualTo(JobState.RUNNING);
    JobId next = later.submit(spec(folder.resolve("next"), "", "true"));
    assertThat(next.value()).doesNotContain(":" + first.port() + "/");
    later.cancel(Set.of(id));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                later.status(Set.of(id, next)).values().stream()
                    .allMatch(s -> s.state().isTerminal()));
    assertThat(later.status(Set.of(id)).get(id).state()).isEqualTo(JobState.CANCELLED);
    later.close();
  }

  /** A connection that breaks between a command's start and its answer. */
  private static final class LosesAnswers implements HeadNode {
    private final HeadNode inner = new LocalHeadNode();
    private boolean beforeTheCommand;
    private boolean broken = true;

    @Override
    public CommandResult run(Command command) throws IOException {
      boolean isLost = broken && command.argv().contains("drover-submit");
      CommandResult result = isLost && beforeTheCommand ? null : inner.run(command);
      if (isLost) {
        broken = false;
        throw new IOException("the connection was lost");
      }
      return result;
    }

    @Override
    public void write(Path file, String content, FileMode mode) throws IOException {
      inner.write(file, content, mode);
    }

    @Override
    public Optional<String> read(Path file) throws IOException {
      return inner.read(file);
    }

    @Override
    public void delete(Path file) throws IOException {
      inner.delete(file);
    }

    @Override
    public String host() {
      return "far";
    }
  }

  private static void refusesForNow(Provider there, JobSpec spec) {
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> there.submit(spec))
        .withMessageContaining("the connection was lost")
        .matches(SubmitException::isUnanswered);
  }

  @Test
  void partWhoseAnswerWasLost_isFound_andTheBlockIsWhole() throws Exception {
    LosesAnswers far = new LosesAnswers();
    Provider there =
        new SshProvider(
            settings(),
            List.of(SshHost.parse("localhost"), SshHost.parse("far")),
            host -> host.address().isEmpty() ? new LocalHeadNode() : far);
    JobSpec spec = onTwoHosts(WAIT);
    refusesForNow(there, spec);
    JobId id = there.find(spec).orElseThrow();
    assertThat(id.value()).matches("localhost/[0-9-]+,far/[0-9-]+");
    there.cancel(Set.of(id));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> there.status(Set.of(id)).get(id).state() == JobState.CANCELLED);
  }

  @Test
  void partThatNeverStarted_isNotFound_andTheOthersAreEnded_andTheirHostsFreeAgain()
      throws Exception {
    LosesAnswers far = new LosesAnswers();
    far.beforeTheCommand = true;
    Provider there =
        new SshProvider(
            settings(),
            List.of(SshHost.parse("localhost"), SshHost.parse("far")),
            host -> host.address().isEmpty() ? new LocalHeadNode() : far);
    JobSpec spec = onTwoHosts(WAIT);
    refusesForNow(there, spec);
    assertThat(there.find(spec)).isEmpty();
    JobSpec again = spec(ResourceSpec.ofNodes(2), "exit 0");
    JobId id =
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> there.submit(again), i -> i != null);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> there.status(Set.of(id)).get(id).state().isTerminal());
    assertThat(there.status(Set.of(id)).get(id).state()).isEqualTo(JobState.COMPLETED);
  }

  /** This machine under another name, as long as the line to it holds. */
  private static final class Line implements HeadNode {
    private final HeadNode inner = new LocalHeadNode();
    private boolean isCut;
    private boolean breaksAtSubmit;

    @Override
    public CommandResult run(Command command) throws IOException {
      isCut |= breaksAtSubmit && command.argv().contains("drover-submit");
      hold();
      return inner.run(command);
    }

    private void hold() throws IOException {
      if (isCut) {
        throw new IOException("the line is cut");
      }
    }

    @Override
    public void write(Path file, String content, FileMode mode) throws IOException {
      hold();
      inner.write(file, content, mode);
    }

    @Override
    public Optional<String> read(Path file) throws IOException {
      hold();
      return inner.read(file);
    }

    @Override
    public void delete(Path file) throws IOException {
      hold();
      inner.delete(file);
    }

    @Override
    public String host() {
      return "behind a line";
    }
  }

  private static Provider overLines(Map<String, Line> lines) throws Exception {
    return new SshProvider(
        settings(),
        lines.keySet().stream().map(SshHost::parse).toList(),
        host -> lines.get(host.name()));
  }

  private static Map<String, Line> lines() {
    Map<String, Line> lines = new LinkedHashMap<>();
    List.of("one", "two", "three").forEach(name -> lines.put(name, new Line()));
    return lines;
  }

  private static void endAll(Provider there, JobId id) {
    there.cancel(Set.of(id));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> there.status(Set.of(id)).get(id).state().isTerminal());
  }

  @Test
  void blockWhoseIdNoProcessWroteDown_isFoundByALaterOne_andItsHostsAreTaken() throws Exception {
    JobSpec spec = onTwoHosts(WAIT);
    JobId id = submit(spec); // and the process dies
    Provider later = provider();
    assertThat(later.find(spec)).contains(id);
    assertThat(later.find(spec)).contains(id);
    JobId next = later.submit(spec(folder.resolve("next"), "", "true"));
    assertThat(next.value()).startsWith("localhost/");
    endAll(later, id);
    endAll(later, next);
    assertThat(provider().find(spec)).isEmpty();
    later.close();
  }

  @Test
  void blockOfOneHost_isFoundOnTheHostThatRunsIt() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    assertThat(provider().find(spec)).contains(id);
  }

  @Test
  void partsOfABlockThatWasNotWholeWhenItsProcessDied_areEnded_andNothingIsFound()
      throws Exception {
    Map<String, Line> lines = lines();
    lines.get("one").isCut = true;
    lines.get("three").breaksAtSubmit = true;
    JobSpec spec = onTwoHosts(WAIT);
    assertThatExceptionOfType(SubmitException.class)
        .isThrownBy(() -> overLines(lines).submit(spec))
        .matches(SubmitException::isUnanswered);
    Path started = spec.directory().resolve("1-two/job-id");
    long pid = Long.parseLong(Files.readString(started).strip().replaceFirst("-.*", ""));
    assertThat(ProcessHandle.of(pid)).isPresent();

    assertThat(overLines(lines()).find(spec)).isEmpty();

    await().atMost(Duration.ofSeconds(30)).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void hostThatCannotBeAsked_leavesOpenWhetherThereIsABlock_andIsNoMatterWhereItIsWhole()
      throws Exception {
    Map<String, Line> lines = lines();
    JobSpec spec = onTwoHosts(WAIT);
    JobId id = overLines(lines).submit(spec);
    lines.get("two").isCut = true;
    Provider later = overLines(lines);
    assertThatExceptionOfType(StatusUnavailableException.class)
        .isThrownBy(() -> later.find(spec))
        .withMessageContaining("whether block block-b was started before this process began")
        .withMessageContaining("two: ")
        .withMessageContaining("the line is cut")
        .withMessageContaining("fix:");
    lines.get("two").isCut = false;
    lines.get("three").isCut = true;
    Provider latest = overLines(lines);
    assertThat(latest.find(spec)).contains(id);
    endAll(latest, id);
  }

  @Test
  void whatThisProcessSubmitted_isKnownToIt_withoutAWordOfHostsThatDoNotAnswer() throws Exception {
    Map<String, Line> lines = lines();
    JobSpec spec = spec("true");
    Provider there = overLines(lines);
    JobId id = there.submit(spec);
    lines.values().forEach(line -> line.isCut = true);
    assertThat(there.find(spec)).isEmpty();
    lines.values().forEach(line -> line.isCut = false);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> there.status(Set.of(id)).get(id).state().isTerminal());
  }

  /** The wrapper of commands over SSH ends what is left of their groups. */
  @Test
  void submission_answersOnlyOnceTheJobHasItsOwnSession() throws Exception {
    for (int i = 1; i <= 20; i++) {
      JobSpec spec = spec(folder.resolve("at-once-" + i), "", "exit 0");
      assertThat(awaitEnd(submit(spec)).state()).as("job %d", i).isEqualTo(JobState.COMPLETED);
    }
  }

  @Test
  void slotsOfAHost_areToldToWhatRunsThere() throws Exception {
    Provider here = over(List.of(SshHost.parse("localhost*3")));
    JobSpec spec = spec("echo slots $DROVER_MAX_WORKERS");
    JobId id = here.submit(spec);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> here.status(Set.of(id)).get(id).state().isTerminal());
    assertThat(spec.stdout()).hasContent("slots 3");
  }

  @Test
  void hostsThatOtherBlocksHave_areNotGivenTwice() throws Exception {
    Provider here = over(List.of(SshHost.parse("localhost")));
    JobId id = here.submit(spec(WAIT));
    try {
      assertThatExceptionOfType(SubmitException.class)
          .isThrownBy(() -> here.submit(spec(folder.resolve("more"), "", "true")))
          .withMessageContaining("1 of 1 are other blocks'")
          .withMessageContaining("wait for a block to end");
    } finally {
      here.cancel(Set.of(id));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> here.status(Set.of(id)).get(id).state().isTerminal());
    }
    JobId next = here.submit(spec(folder.resolve("more"), "", "true"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> here.status(Set.of(next)).get(next).state().isTerminal());
  }

  @Test
  void scriptThatCanNotBeMade_leavesNothingRunning() {
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> provider.submit(spec(ResourceSpec.ofNodes(9), "true")))
        .withMessageContaining("set nodes to 3 or fewer");
  }
}
