package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.tasks.MpiChoice;
import dev.drover.cli.tasks.TaskJudge;
import dev.drover.submit.TaskOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunNotesTest {
  @TempDir Path run;

  @Test
  void aResumedRun_findsTheNodesAndRanksOfItsCommandLine() throws Exception {
    RunNotes notes =
        new RunNotes(
            "/home/you",
            "tasks.txt",
            "",
            List.of(),
            OptionalDouble.of(1),
            Duration.ofMinutes(2),
            new MpiChoice(2, 12, "--cpu-bind \"list:0,1\""));
    notes.write(run);
    assertThat(RunNotes.read(run)).isEqualTo(notes);
  }

  @Test
  void retriesThatWereNotSaid_areTheSites_andItsLimitOfLossesHoldsInAnyCase() {
    TaskOptions site = new TaskOptions(0, 2, 10);
    assertThat(options(OptionalDouble.empty(), site)).isEqualTo(site);
    assertThat(options(OptionalDouble.of(0), site)).isEqualTo(new TaskOptions(0, 0, 10));
    assertThat(options(OptionalDouble.of(5), site)).isEqualTo(new TaskOptions(0, 5, 10));
  }

  private static TaskOptions options(OptionalDouble said, TaskOptions site) {
    return new RunNotes("/d", "t", "", List.of(), said, Duration.ZERO, MpiChoice.NONE)
        .defaults(new SiteTerms(site, TaskJudge.NONE), report -> {})
        .options();
  }

  @Test
  void aRunWithoutNodesAndRanks_isNotedAsBefore() throws Exception {
    RunNotes notes =
        new RunNotes(
            "/d", "", "0-9", List.of("x"), OptionalDouble.empty(), Duration.ZERO, MpiChoice.NONE);
    notes.write(run);
    assertThat(Files.readString(run.resolve("request.json"))).doesNotContain("nodes");
    assertThat(RunNotes.read(run)).isEqualTo(notes);
  }
}
