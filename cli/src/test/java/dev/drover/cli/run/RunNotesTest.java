package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.tasks.MpiChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
            1,
            Duration.ofMinutes(2),
            new MpiChoice(2, 12, "--cpu-bind \"list:0,1\""));
    notes.write(run);
    assertThat(RunNotes.read(run)).isEqualTo(notes);
  }

  @Test
  void aRunWithoutNodesAndRanks_isNotedAsBefore() throws Exception {
    RunNotes notes = new RunNotes("/d", "", "0-9", List.of("x"), 0, Duration.ZERO, MpiChoice.NONE);
    notes.write(run);
    assertThat(Files.readString(run.resolve("request.json"))).doesNotContain("nodes");
    assertThat(RunNotes.read(run)).isEqualTo(notes);
  }
}
