package dev.drover.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.console.Console;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.RunEnd;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InspectCommandsTest {
  @TempDir Path root;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path directory;
  private FakeRun run;

  @BeforeEach
  void aRunOfFourTasks() throws IOException {
    Files.createDirectories(root.resolve("20260101T000000Z-old"));
    directory = Files.createDirectories(root.resolve("20260201T000000Z-new"));
    Files.writeString(directory.resolve("pack"), "hello\nboom\nagain\n");
    run =
        new FakeRun(directory)
            .ended(
                spec("good"), -1, end(1, 1, Ending.SUCCEEDED, 0, range(0, 6), OutputRange.NOTHING))
            .ended(
                spec("bad"),
                -1,
                end(2, 1, Ending.FAILED, 127, OutputRange.NOTHING, range(6, 5)),
                end(2, 2, Ending.FAILED, 127, OutputRange.NOTHING, range(11, 6)))
            .running(spec("busy"), "node09")
            .queued(spec(""), 4);
  }

  @Test
  void logs_ofTheNewestRun_haveAHeadingForEachTask() throws Exception {
    call(new LogsCommand(this::open, console(), root));
    assertThat(text(out))
        .isEqualTo(
            """
            == task 1 "good": succeeded on node03
            hello
            == task 2 "bad": exit code 127 on node03, attempt 2
            again
            == task 3 "busy": not ended yet
            == task 4 [index 4]: not ended yet
            """);
  }

  @Test
  void logs_ofOneTask_areItsBytesAndNothingElse() throws Exception {
    call(new LogsCommand(this::open, console(), root), "--task", "good", "--stdout");
    assertThat(text(out)).isEqualTo("hello\n");
  }

  @Test
  void logs_ofFailedTasks_leaveTheOthersOut() throws Exception {
    call(new LogsCommand(this::open, console(), root), "--failed", "--stderr");
    assertThat(text(out))
        .isEqualTo("== task 2 \"bad\": exit code 127 on node03, attempt 2\nagain\n");
  }

  @Test
  void logs_thatAreNotAllThere_sayWhichFile() throws Exception {
    run.ended(spec("cut"), -1, end(5, 1, Ending.SUCCEEDED, 0, range(0, 99), OutputRange.NOTHING));
    call(new LogsCommand(this::open, console(), root), "--task", "5");
    assertThat(text(out)).isEqualTo("hello\nboom\nagain\n");
    assertThat(text(err)).isEqualTo("drover: task 5 \"cut\": its stdout is not all there (pack)\n");
  }

  @Test
  void logs_ofAnUnknownTask_nameTheNearestOne() {
    assertThatThrownBy(() -> call(new LogsCommand(this::open, console(), root), "--task", "god"))
        .hasMessage(
            "no task 'god' was submitted in " + directory + "\n  fix: did you mean 'good'?");
    assertThatThrownBy(() -> call(new LogsCommand(this::open, console(), root), "--task", "99"))
        .hasMessage(
            "no task '99' was submitted in "
                + directory
                + "\n  fix: use a name, or an id from 1 to 4");
  }

  @Test
  void unknownRun_isRefused() {
    assertThatThrownBy(() -> call(new LogsCommand(this::open, console(), root), "nowhere"))
        .hasMessage(
            "nowhere: no such run\n  fix: name a run directory; runs are kept in " + root + "/");
    assertThatThrownBy(() -> RunDirectories.find(null, root.resolve("none")))
        .hasMessageStartingWith("no run in ");
  }

  @Test
  void explain_ofARun_groupsItsFailures() throws Exception {
    call(new ExplainCommand(this::open, console(), root));
    assertThat(text(out))
        .isEqualTo(
            directory
                + """
                : not running
                  4 tasks: 1 succeeded, 1 failed, 1 cut short, 1 left
                  1 × exit code 127 on node03: task bad
                    fix: command not found on node03: give its full path, or load its module first
                  to go on: drover resume\s"""
                + directory
                + "\n");
  }

  @Test
  void explain_ofARunThatEndedByItself_saysWhy() throws Exception {
    run.end = new JournalEntry.RunEnded(Instant.EPOCH, RunEnd.ABANDONED, "nobody has asked for it");
    call(new ExplainCommand(this::open, console(), root));
    assertThat(text(out))
        .startsWith(directory + ": not running\n  it was abandoned: nobody has asked for it\n");
    out.reset();
    call(new ExplainCommand(this::open, console(), root), "--json");
    assertThat(text(out)).contains("\"how\":\"abandoned\",\"reason\":\"nobody has asked");
  }

  @Test
  void explain_ofARunWhoseSubmitterIsElsewhere_namesTheDirectoryThere() throws Exception {
    String name = directory.getFileName().toString();
    call(new ExplainCommand(this::open, console(), root), name, "--asked-from", "/home/ada/r");
    assertThat(text(out))
        .startsWith("/home/ada/r: not running\n")
        .endsWith("to go on: drover resume /home/ada/r\n");
  }

  @Test
  void explain_ofATask_tellsItsStory() throws Exception {
    call(new ExplainCommand(this::open, console(), root), directory.toString(), "bad");
    assertThat(text(out))
        .isEqualTo(
            """
            task 2 "bad": exit code 127 on node03, attempt 2
              command: run bad
              asks for: one slot, at most 2m00s
              attempt 1: exit code 127 on node03, ran 1.5 s
                | last words
              attempt 2: exit code 127 on node03, ran 1.5 s
                | last words
              fix: command not found on node03: give its full path, or load its module first
            """);
  }

  @Test
  void explain_ofAnOpenTask_saysWhatItWaitsFor() throws Exception {
    run.live = true;
    call(new ExplainCommand(this::open, console(), root), directory.toString(), "3");
    assertThat(text(out)).startsWith("task 3 \"busy\": running on node09\n");
    out.reset();
    call(new ExplainCommand(this::open, console(), root), directory.toString(), "4");
    assertThat(text(out))
        .startsWith(
            "task 4 [index 4]: waits or runs; the run cannot be asked from here "
                + "(no answer from node01:4711 within 5 s)\n");
    out.reset();
    run.answer = "task 4: waits for a slot: 2 tasks wait, 1 are out on 1 slots of 1 managers";
    call(new ExplainCommand(this::open, console(), root), directory.toString(), "4");
    assertThat(text(out)).startsWith("task 4 [index 4]: waits for a slot: 2 tasks wait");
  }

  @Test
  void explain_asJson_isOneObject() throws Exception {
    call(new ExplainCommand(this::open, console(), root), "--json");
    assertThat(text(out))
        .isEqualTo(
            "{\"drover_json\":1,\"run_directory\":\""
                + directory
                + "\",\"live\":false,\"submitted\":4,\"succeeded\":1,\"failed\":1,\"running\":1,\"queued\":1,"
                + "\"failures\":[{\"count\":1,\"ending\":\"failed\",\"exit_code\":127,\"signal\":0,"
                + "\"host\":\"node03\",\"tasks\":[\"bad\"]}]}\n");
  }

  private RunView open(Path opened) {
    assertThat(opened).isEqualTo(directory);
    return run;
  }

  private static <C extends Callable<Integer>> void call(C command, String... args)
      throws Exception {
    new CommandLine(command).parseArgs(args);
    assertThat(command.call()).isZero();
  }

  private static TaskSpec spec(String name) {
    return new TaskSpec(
        name, TaskWork.Shell.line("run " + name), ResourceRequest.ONE_SLOT, Duration.ofMinutes(2));
  }

  private static OutputRange range(long offset, long length) {
    return new OutputRange("pack", offset, length);
  }

  private static TaskReport end(
      long id, int attempt, Ending ending, int exitCode, OutputRange stdout, OutputRange stderr) {
    TaskOutcome outcome =
        new TaskOutcome(
            new TaskId(id),
            attempt,
            ending,
            exitCode,
            0,
            "",
            Payload.EMPTY,
            1_000_000,
            2_500_000,
            -1,
            -1,
            0,
            stdout,
            stderr,
            ending.isSuccess() ? "" : "last words\n");
    return new TaskReport(outcome, "node03", "m1", "b1", 0);
  }

  private Console console() {
    return new Console(
        InputStream.nullInputStream(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        80);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
