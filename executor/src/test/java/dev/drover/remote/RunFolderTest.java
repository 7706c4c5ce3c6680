package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.LocalHeadNode;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunEnd;
import dev.drover.journal.RunHeader;
import dev.drover.journal.RunOverview;
import dev.drover.journal.RunOverview.State;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path home;

  private RunFolder.Listing list(Path folder) throws IOException {
    return new RunFolder(new LocalHeadNode(), folder.toString()).list();
  }

  /** A single task that succeeded, one that failed, an array of 40 of which one was cancelled. */
  private Path run(String name, JournalEntry... more) throws IOException {
    try (RunDirectory run = RunDirectory.openOrCreate(home.resolve(name))) {
      run.writeHeader(
          RunHeader.ofThisProcess(name, name, NOON, List.of(), "1", "polaris", Map.of()));
      Journal journal =
          Journal.open(
              run.journal(),
              JournalEntry.RunStarted.now(NOON, name, false),
              JournalSettings.with(problem -> {}));
      for (int id = 1; id <= 3; id++) {
        TaskSpec spec = TaskSpec.of(TaskWork.Shell.line("echo '\"t\":\"done\"'"));
        journal.append(
            new JournalEntry.TasksAccepted(
                new TaskId(id), id < 3 ? 1 : 40, id < 3 ? -1 : 0, spec, TaskOptions.DEFAULT));
      }
      journal.append(ended(1, Ending.SUCCEEDED));
      journal.append(ended(2, Ending.FAILED));
      journal.append(ended(7, Ending.CANCELLED));
      for (JournalEntry each : more) {
        journal.append(each);
      }
      journal.close();
      return run.path();
    }
  }

  private static JournalEntry ended(long id, Ending how) {
    return new JournalEntry.TaskFinished(
        new TaskReport(TaskOutcome.without(new TaskId(id), 1, how, "", 9), "", "", "", 0));
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private static String lock(String host, long pid, Instant processStarted) {
    return "{\"host\":\"%s\",\"pid\":%d,\"started\":\"%s\",\"processStarted\":\"%s\"}%n"
        .formatted(host, pid, NOON, processStarted);
  }

  @Test
  void everyRun_isToldAsWhatItIs() throws Exception {
    long pid = ProcessHandle.current().pid();
    Instant begun = ProcessHandle.current().info().startInstant().orElseThrow();
    run("done", new JournalEntry.RunEnded(NOON, RunEnd.SOME_FAILED, ""));
    run("abandoned", new JournalEntry.RunEnded(NOON, RunEnd.ABANDONED, "nobody \\ \"came\""));
    run(" killed ");
    append(
        run("torn").resolve("journal.jsonl"), "{\"t\":\"done\",\"id\":9,\"try\":1,\"end\":\"SUCC");
    Path again = run("gone on with", new JournalEntry.RunEnded(NOON, RunEnd.INTERRUPTED, ""));
    append(
        again.resolve("journal.jsonl"),
        "{\"t\":\"run\",\"v\":\"1.2\",\"time\":\"" + NOON + "\"}\n");
    String here = list(home).host();
    Files.writeString(run("live").resolve("lock"), lock(here, pid, begun));
    Files.writeString(
        run("pid of another").resolve("lock"), lock(here, pid, begun.minusSeconds(9)));
    Files.writeString(run("elsewhere").resolve("lock"), lock("login03", pid, begun));
    Files.writeString(
        run("there").resolve("site.properties"), "# x\nheadnode.url = ssh://ada@login\n");
    Files.writeString(
        Files.createDirectories(home.resolve("begun")).resolve("lock"), lock(here, pid, begun));
    Files.writeString(
        Files.createDirectories(home.resolve("half a line")).resolve("journal.jsonl"),
        "{\"t\":\"ru");
    Files.write(
        Files.createDirectories(home.resolve("garbage")).resolve("journal.jsonl"),
        new byte[] {0, 'r', 'u', 'n', ' ', 13, 10, 'e', 'n', 'd', '\n'});
    Files.writeString(run("bad header").resolve("run.json"), "{");
    Files.createDirectories(home.resolve("no run"));
    Files.writeString(home.resolve("file"), "");

    Map<String, RunOverview> runs =
        list(home).runs().stream()
            .collect(Collectors.toMap(RunOverview::name, Function.identity()));

    assertThat(runs.keySet())
        .containsExactlyInAnyOrder(
            "done",
            "abandoned",
            " killed ",
            "torn",
            "gone on with",
            "live",
            "pid of another",
            "elsewhere",
            "there",
            "begun",
            "half a line",
            "garbage",
            "bad header");
    RunOverview done = runs.get("done");
    assertThat(done.state()).isEqualTo(State.ENDED);
    assertThat(done.end().orElseThrow().how()).isEqualTo(RunEnd.SOME_FAILED);
    assertThat(done.counts()).contains(new RunOverview.Counts(42, 3, 2));
    assertThat(done.started()).contains(NOON);
    assertThat(done.site()).isEqualTo("polaris");
    Instant written = Files.getLastModifiedTime(home.resolve("done/journal.jsonl")).toInstant();
    assertThat(done.changed()).contains(written.truncatedTo(ChronoUnit.SECONDS));
    assertThat(done.headNode()).isEmpty();
    assertThat(runs.get("abandoned").end().orElseThrow())
        .isEqualTo(new JournalEntry.RunEnded(NOON, RunEnd.ABANDONED, "nobody \\ \"came\""));
    for (String each : List.of(" killed ", "torn", "gone on with", "pid of another")) {
      assertThat(runs.get(each).state()).as(each).isEqualTo(State.INTERRUPTED);
      assertThat(runs.get(each).counts()).contains(new RunOverview.Counts(42, 3, 2));
    }
    assertThat(runs.get("live").state()).isEqualTo(State.LIVE);
    assertThat(runs.get("live").holder().orElseThrow().pid()).isEqualTo(pid);
    assertThat(runs.get("elsewhere").state()).isEqualTo(State.ELSEWHERE);
    assertThat(runs.get("elsewhere").holder().orElseThrow().host()).isEqualTo("login03");
    assertThat(runs.get("there").headNode()).isEqualTo("ssh://ada@login");
    assertThat(runs.get("begun").state()).isEqualTo(State.LIVE);
    assertThat(runs.get("begun").changed()).isEmpty();
    assertThat(runs.get("half a line").state()).isEqualTo(State.INTERRUPTED);
    assertThat(runs.get("garbage").state()).isEqualTo(State.UNREADABLE);
    assertThat(runs.get("garbage").problem()).contains("does not start a run");
    assertThat(runs.get("bad header").state()).isEqualTo(State.UNREADABLE);
    assertThat(runs.get("bad header").problem()).startsWith("its run.json cannot be read");
  }

  @Test
  void aFolderThatIsMissing_isNotOneThatIsEmpty() throws Exception {
    assertThat(list(home.resolve("missing")).exists()).isFalse();
    Path empty = Files.createDirectories(home.resolve("empty"));
    assertThat(list(empty).exists()).isTrue();
    assertThat(list(empty).runs()).isEmpty();
  }
}
