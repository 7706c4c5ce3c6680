package dev.drover.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.provider.slurm.SlurmDialect;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a survey makes of answers, of silence, and of a head node that is gone. */
class SchedulerSurveyTest {
  private static final Transcript SAID = Transcript.of("slurm/22.05.8-survey");

  private static SchedulerSurvey survey(Function<String, CommandResult> answer) {
    return new SchedulerSurvey(
        new Answering(answer), new SlurmDialect(Duration.ofSeconds(30), Optional.empty()));
  }

  private static CommandResult named(String command, String accounts) {
    return SAID.named(
        command.contains("show partition")
            ? "partitions"
            : command.contains("sinfo")
                ? "shapes"
                : command.contains("assoc")
                    ? accounts
                    : command.contains("qos") ? "qos-none" : "version");
  }

  @Test
  void whatHasNoAnswer_isAGapWithItsMend_andTheRestHolds() throws Exception {
    SchedulerFacts facts = survey(line -> named(line, "accounts-database-down")).ask();
    assertThat(facts.queues()).hasSize(5);
    assertThat(facts.accounts()).isEmpty();
    assertThat(facts.gaps())
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.what()).isEqualTo("your accounts");
              assertThat(gap.why())
                  .startsWith("Slurm refused to tell your accounts on toy (sh, exit 1): ")
                  .contains("Connection refused");
              assertThat(gap.fix())
                  .isEqualTo("see whether the controller answers, by scontrol ping");
            });
  }

  @Test
  void withoutTheQueues_nothingIsKnown_andNothingElseIsAsked() {
    List<String> asked = new ArrayList<>();
    SchedulerSurvey survey =
        survey(
            line -> {
              asked.add(line);
              return SAID.named("partitions-down");
            });
    assertThatThrownBy(survey::ask)
        .isInstanceOf(StatusUnavailableException.class)
        .hasMessage(
            """
            Slurm refused to tell its partitions on toy (scontrol, exit 1): slurm_load_partitions error: Unable to contact slurm controller (connect failure)
              command: scontrol show partition --all --oneliner
              stderr:  slurm_load_partitions error: Unable to contact slurm controller (connect failure)
              fix:     see whether the controller answers, by scontrol ping\
            """);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aCommandThatHangs_andAHeadNodeThatIsGone_areNoAnswer() {
    assertThatThrownBy(
            survey(line -> new CommandResult(137, "", "", Duration.ofSeconds(30), true))::ask)
        .isInstanceOf(StatusUnavailableException.class)
        .hasMessageContaining("Slurm gave no answer about its partitions on toy");
    assertThatThrownBy(survey(line -> null)::ask)
        .isInstanceOf(StatusUnavailableException.class)
        .hasMessageContaining("cannot ask its partitions on toy: java.io.IOException: gone");
  }

  @Test
  void schedulersThatCannotBeAsked_sayso() {
    List<String> possible =
        Providers.NAMES.stream()
            .filter(
                name ->
                    Providers.survey(
                            name, Duration.ofSeconds(1), Optional.empty(), new LocalHeadNode())
                        .isPossible())
            .toList();
    assertThat(possible).containsExactly("pbspro", "slurm", "flux");
  }

  /** A head node whose commands answer as told; null = it cannot be reached. */
  private record Answering(Function<String, CommandResult> answer) implements HeadNode {
    @Override
    public CommandResult run(Command command) throws IOException {
      CommandResult result = answer.apply(String.join(" ", command.argv()));
      if (result == null) {
        throw new IOException("gone");
      }
      return result;
    }

    @Override
    public void write(Path file, String content, FileMode mode) {
      throw new AssertionError("a survey writes nothing");
    }

    @Override
    public Optional<String> read(Path file) {
      throw new AssertionError("a survey reads nothing");
    }

    @Override
    public void delete(Path file) {
      throw new AssertionError("a survey deletes nothing");
    }

    @Override
    public String host() {
      return "toy";
    }
  }
}
