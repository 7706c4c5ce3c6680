package dev.drover.provider.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.Answers;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.Transcript;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What OpenPBS told of itself. */
class PbsSurveyTest {
  private static final Transcript SAID = Transcript.of("pbs/31-survey");
  private static final PbsProDialect PBS = new PbsProDialect(Duration.ofSeconds(30));
  private static final long GIBIBYTE = 1L << 30;

  private static SchedulerFacts facts(String... answers) throws SchedulerRefusal {
    return Answers.read(
        PBS, List.of(answers).stream().map(SAID::named).toArray(CommandResult[]::new));
  }

  private static SchedulerRefusal refusal(CommandResult... answers) {
    return catchThrowableOfType(SchedulerRefusal.class, () -> Answers.read(PBS, answers));
  }

  @Test
  void queues_tellTheirLimits_andWhatTheyDoNotTellIsUnknown() throws Exception {
    SchedulerFacts facts = facts("queues", "server");
    assertThat(facts.queues())
        .extracting(QueueFacts::name)
        .containsExactly("workq", "debug", "small", "prod", "old");
    assertThat(facts.queue("debug").orElseThrow().limits())
        .isEqualTo(
            new JobLimits(
                Optional.of(1),
                Optional.of(2),
                Optional.of(Duration.ofMinutes(5)),
                Optional.of(Duration.ofHours(1)),
                Optional.of(3),
                Optional.of(1)));
    assertThat(facts.queue("workq").orElseThrow().limits()).isEqualTo(JobLimits.UNTOLD);
    assertThat(facts.defaultQueue()).isEqualTo(facts.queue("workq"));
    assertThat(facts.version()).contains("23.06.06");
    assertThat(facts.filesystems()).contains(Set.of("home", "flare", "daos_user_fs"));
    assertThat(facts.accounts()).isEmpty();
  }

  @Test
  void aThresholdOfWaitingJobs_countsWithThoseThatRun() throws Exception {
    JobLimits small = facts("queues").queue("small").orElseThrow().limits();
    assertThat(small.maxRunning()).contains(10);
    assertThat(small.maxQueued()).contains(15);
  }

  @Test
  void queues_thatAreDisabledOrBehindARoutingQueue_takeNoJobs() throws Exception {
    SchedulerFacts facts = facts("queues");
    assertThat(facts.queue("old").orElseThrow().standing()).isEqualTo(Standing.CLOSED);
    assertThat(facts.queue("old").orElseThrow().reason()).isEqualTo("enabled = False");
    assertThat(facts.queue("small").orElseThrow().standing()).isEqualTo(Standing.CLOSED);
    assertThat(facts.queue("small").orElseThrow().reason())
        .isEqualTo("from_route_only = True: jobs come from a routing queue");
    assertThat(facts.queue("prod").orElseThrow().standing()).isEqualTo(Standing.OPEN);
  }

  @Test
  void aServerThatSchedulesNothing_stopsAllItsQueues() throws Exception {
    SchedulerFacts facts = facts("queues", "server-not-scheduling");
    assertThat(facts.queue("debug").orElseThrow().standing()).isEqualTo(Standing.STOPPED);
    assertThat(facts.queue("debug").orElseThrow().reason()).isEqualTo("scheduling = False");
  }

  @Test
  void nodes_areCountedByKind_andAreThoseOfEveryQueue() throws Exception {
    SchedulerFacts facts = facts("queues", "server", "node-kinds");
    assertThat(facts.nodesOf(facts.queue("debug").orElseThrow()))
        .containsExactly(
            new NodeKind(2, 64, 0, 503 * GIBIBYTE, 4),
            new NodeKind(1, 2, 0, 23 * GIBIBYTE, 0),
            new NodeKind(1, 128, 0, 512 * GIBIBYTE, 0));
  }

  @Test
  void anOutage_andADocumentThatNamesNoQueue_areNoAnswer() {
    SchedulerRefusal down = refusal(SAID.named("queues-down"));
    assertThat(down).hasMessageContaining("cannot connect to server");
    assertThat(down.fix()).isEqualTo("wait until the PBS server answers again");
    assertThat(refusal(SAID.named("queues-none")))
        .hasMessage("qstat told of no queue, and not why");
    assertThat(refusal(SAID.named("queues"), SAID.named("server-down")))
        .hasMessageContaining("cannot connect to server");
    assertThat(refusal(SAID.named("queues"), SAID.named("server"), SAID.named("node-kinds-down")))
        .hasMessageContaining("cannot connect to server");
  }

  @Test
  void tornOrForeignText_isNoAnswer() {
    String whole = SAID.named("queues").stdout();
    assertThat(refusal(Transcript.answer(0, whole.substring(0, whole.length() / 2), "")))
        .hasMessage("qstat printed text that is no document");
    assertThat(refusal(Transcript.answer(0, "<html>503</html>\n", "")))
        .hasMessage("qstat printed text that is no document");
    assertThat(refusal(Transcript.answer(127, "", "qstat: command not found\n")).fix())
        .contains("PATH");
  }

  @Test
  void theOldWordForALimit_isKnown() throws Exception {
    String text = "{\"Queue\":{\"q\":{\"max_user_run\":2,\"resources_max\":{\"walltime\":7200}}}}";
    JobLimits limits =
        Answers.read(PBS, Transcript.answer(0, text, "")).queue("q").orElseThrow().limits();
    assertThat(limits.maxRunning()).contains(2);
    assertThat(limits.maxWalltime()).contains(Duration.ofHours(2));
  }
}
