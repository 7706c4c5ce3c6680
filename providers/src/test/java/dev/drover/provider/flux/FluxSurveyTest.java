package dev.drover.provider.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.Answers;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.Transcript;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What flux-core 0.88 told of itself. */
class FluxSurveyTest {
  private static final Transcript FLUXION = Transcript.of("flux/20-queues-fluxion");
  private static final Transcript BASIC = Transcript.of("flux/01-basic");
  private static final Transcript GONE = Transcript.of("flux/10-gone");
  private static final FluxDialect FLUX = new FluxDialect(Duration.ofSeconds(30));

  /** Two queues, as {@code flux queue list -no} told of them. */
  private static final CommandResult QUEUES =
      FLUXION.words(
          0,
          """
          batch batch* ✔ ✔ 600.0 3600.0 0-inf 0-inf 0-inf
          debug debug ✔ ✔ 600.0 300.0 0-1 0-inf 0-inf
          """,
          "");

  private static final CommandResult OPEN =
      FLUXION.words(
          0,
          """
          batch: Job submission is enabled
          batch: Scheduling is started
          debug: Job submission is enabled
          debug: Scheduling is started
          """,
          "");

  @Test
  void queues_tellTheirLimits_andInfIsNoLimit() throws Exception {
    SchedulerFacts facts = Answers.read(FLUX, QUEUES, OPEN);
    QueueFacts batch = facts.queue("batch").orElseThrow();
    assertThat(batch.isDefault()).isTrue();
    assertThat(batch.limits().maxNodes()).contains(0);
    assertThat(batch.limits().minNodes()).contains(1);
    assertThat(batch.limits().maxWalltime()).contains(Duration.ofHours(1));
    QueueFacts debug = facts.queue("debug").orElseThrow();
    assertThat(debug.isDefault()).isFalse();
    assertThat(debug.limits().maxNodes()).contains(1);
    assertThat(debug.limits().maxWalltime()).contains(Duration.ofMinutes(5));
    assertThat(debug.standing()).isEqualTo(Standing.OPEN);
  }

  @Test
  void aQueueThatIsDisabledOrStopped_saysWhy() throws Exception {
    CommandResult disabled =
        FLUXION.words(0, "batch: Job submission is disabled: maintenance\n", "");
    QueueFacts batch = Answers.read(FLUX, QUEUES, disabled).queue("batch").orElseThrow();
    assertThat(batch.standing()).isEqualTo(Standing.CLOSED);
    assertThat(batch.reason()).isEqualTo("maintenance");
    CommandResult stopped =
        FLUXION.words(0, "batch: Job submission is enabled\nbatch: Scheduling is started\n", "");
    assertThat(
            Answers.read(
                    FLUX,
                    QUEUES,
                    Transcript.answer(0, stopped.stdout().replace("started", "stopped"), ""))
                .queue("batch")
                .orElseThrow()
                .standing())
        .isEqualTo(Standing.STOPPED);
  }

  @Test
  void nodes_areThoseOfEachQueue() throws Exception {
    CommandResult nodes =
        FLUXION.words(
            0,
            """
            free batch 3 12 6 n[0-2] batch
            free debug 1 4 2 n3 debug
            allocated batch 0 0 0\s\s
            allocated debug 0 0 0\s\s
            down batch 0 0 0\s\s
            down debug 0 0 0\s\s
            """,
            "");
    SchedulerFacts facts = Answers.read(FLUX, QUEUES, OPEN, nodes);
    assertThat(facts.queue("batch").orElseThrow().kinds())
        .containsExactly(new NodeKind(3, 0, 4, 0, 2));
    assertThat(facts.queue("debug").orElseThrow().nodes()).isEqualTo(1);
  }

  @Test
  void anInstanceWithoutQueues_hasOneWithoutAName() throws Exception {
    SchedulerFacts facts =
        Answers.read(
            FLUX,
            Transcript.answer(0, "  ✔ ✔ inf inf 0-4 0-16 0-0\n", ""),
            BASIC.all("flux queue status").get(0),
            Transcript.answer(0, "free  4 16 0 n[0-3]\nallocated  0 0 0 \ndown  0 0 0 \n", ""),
            BASIC.to("flux version"));
    QueueFacts only = facts.defaultQueue().orElseThrow();
    assertThat(only.name()).isEmpty();
    assertThat(only.limits().maxNodes()).contains(4);
    assertThat(only.limits().maxWalltime()).contains(Duration.ZERO);
    assertThat(only.kinds()).containsExactly(new NodeKind(4, 0, 4, 0, 0));
    assertThat(facts.version()).contains("0.88.0");
  }

  @Test
  void anInstanceThatIsGone_orOtherText_isNoAnswer() {
    CommandResult gone = GONE.words(1, "", GONE.lines("flux-resource: ERROR").get(0) + "\n");
    SchedulerRefusal refusal =
        catchThrowableOfType(SchedulerRefusal.class, () -> Answers.read(FLUX, gone));
    assertThat(refusal.fix()).contains("flux uptime");
    for (String text : new String[] {"", "no such thing\n", "batch batch* ✔ ✔ 600.0"}) {
      assertThat(
              catchThrowableOfType(
                  SchedulerRefusal.class, () -> Answers.read(FLUX, Transcript.answer(0, text, ""))))
          .hasMessage("flux queue list printed something that is no list of queues");
    }
  }
}
