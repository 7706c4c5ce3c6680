package dev.drover.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.provider.QueueFacts.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A survey with real commands, of a toy that words its answers as OpenPBS does, and its faults. */
class SurveyOnToyTest {
  @TempDir Path state;
  private ToyScheduler toy;

  @BeforeEach
  void describeTheToy() throws Exception {
    toy = new ToyScheduler("pbs", state);
    Files.writeString(state.resolve("queues"), "workq\ndebug\n");
    Files.writeString(
        state.resolve("queue.debug"),
        """
        "resources_max": {"nodect": 2, "walltime": "01:00:00"},
        "started": "False"
        """);
    Files.writeString(
        state.resolve("server"),
        "\"resources_available\": {\"valid_filesystems\": \"home,flare\"}\n");
  }

  private SchedulerSurvey survey(Duration timeout) {
    return Providers.survey("pbspro", timeout, Optional.empty(), toy.headNode());
  }

  private SchedulerSurvey survey() {
    return survey(Duration.ofSeconds(20));
  }

  @Test
  void queuesServerAndNodes_areTold() throws Exception {
    SchedulerFacts facts = survey().ask();
    assertThat(facts.gaps()).isEmpty();
    assertThat(facts.defaultQueue().orElseThrow().name()).isEqualTo("workq");
    QueueFacts debug = facts.queue("debug").orElseThrow();
    assertThat(debug.limits().maxNodes()).contains(2);
    assertThat(debug.standing()).isEqualTo(Standing.STOPPED);
    assertThat(facts.filesystems()).contains(Set.of("home", "flare"));
    assertThat(facts.nodes()).containsExactly(new NodeKind(2, 8, 0, 16L << 30, 2));
  }

  @Test
  void anOutage_anEmptyOrTornAnswer_andOtherText_areNoAnswer() throws Exception {
    for (String fault : new String[] {"down", "empty", "partial", "garbage"}) {
      toy.fault(fault);
      assertThatThrownBy(survey()::ask)
          .as(fault)
          .isInstanceOf(StatusUnavailableException.class)
          .hasMessageContaining("PBS refused to tell its queues on ")
          .hasMessageContaining("fix:");
    }
    toy.fault();
    assertThat(survey().ask().queues()).hasSize(2);
  }

  @Test
  void aServerThatHangs_isNoAnswer() throws Exception {
    toy.fault("hang");
    assertThatThrownBy(survey(Duration.ofMillis(500))::ask)
        .isInstanceOf(StatusUnavailableException.class)
        .hasMessageContaining("PBS gave no answer about its queues on ")
        .hasMessageContaining("raise the command timeout");
  }
}
