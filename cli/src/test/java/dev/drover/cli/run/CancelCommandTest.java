package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.inspect.FakeRun;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.RunEnd;
import dev.drover.submit.Completion;
import dev.drover.task.Ending;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CancelCommandTest {
  @TempDir Path root;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path directory;
  private FakeRun run;
  private FakeEnsemble ensemble;

  @BeforeEach
  void aRunOfThreeTasks_oneOfThemDone() throws Exception {
    directory = root.resolve("naps");
    call(
        new RunCommand(
            new LocalEngine(), console(), Optional.of(List.of("true", ":::", "1", "2", "3"))),
        "--run-dir",
        directory.toString());
    err.reset();
    run =
        new FakeRun(directory)
            .ended(spec("done"), -1, FakeEnsemble.end(1, Ending.SUCCEEDED, 0))
            .running(spec("busy"), "node09")
            .queued(spec(""), -1);
    ensemble = new FakeEnsemble(directory);
    ensemble.earlier = run;
  }

  @Test
  void tasksOfALiveRun_areAskedForIfTheyAreOpen_andTheRunReadsEachRequestOnce() throws Exception {
    run.live = true;
    CancelRequests.of(directory).ask(List.of("old"));
    CancelRequests requests = CancelRequests.of(directory);
    assertThat(cancel("busy", "1", "3")).isZero();
    assertThat(text(out))
        .isEqualTo("asked " + directory + " to cancel 2 tasks; 1 task had ended already\n");
    assertThat(requests.next()).containsExactly("2", "3");
    assertThat(requests.next()).isEmpty();
  }

  @Test
  void aRunThatEndedInOrder_isRefused() {
    run.end = new RunEnded(Instant.EPOCH, RunEnd.INTERRUPTED, "");
    assertThatThrownBy(this::cancel)
        .isInstanceOf(StopException.class)
        .hasMessage(
            directory
                + " is not running, so there is nothing to cancel\n  fix: drover explain "
                + directory
                + " tells how it ended");
  }

  @Test
  void aLiveRunThatHearsNoRequests_isRefused_inPlaceOfAPromise() throws Exception {
    run.live = true;
    Files.delete(directory.resolve("request.json"));
    assertThatThrownBy(this::cancel)
        .isInstanceOf(StopException.class)
        .hasMessageContainingAll("driven by a program of its own", "fix: ", "send TERM");
    assertThat(directory.resolve("cancel")).doesNotExist();
  }

  @Test
  void aRunThatIsDone_butLeftSomethingBehind_isEndedToo() throws Exception {
    run.end = new RunEnded(Instant.EPOCH, RunEnd.ALL_SUCCEEDED, "block b-0001 is still there");
    cancel();
    assertThat(ensemble.cancelledAll).isTrue();
    run.end = new RunEnded(Instant.EPOCH, RunEnd.ALL_SUCCEEDED, "");
    assertThatThrownBy(this::cancel).hasMessageContaining("nothing to cancel");
  }

  @Test
  void singleTasksOfAKilledRun_areRefused_sinceOnlyADrivenRunGoesOnWithoutThem() {
    assertThatThrownBy(() -> cancel("2"))
        .isInstanceOf(StopException.class)
        .hasMessage(
            "no process drives %1$s, so single tasks of it cannot be cancelled%n  fix: drover resume %1$s goes on with it, and then hears of them; drover cancel %1$s ends all of it"
                .formatted(directory));
  }

  @Test
  void aKilledRun_isTakenUpOnlyToEndIt() throws Exception {
    assertThat(cancel("--json")).isZero();
    assertThat(ensemble.cancelledAll).isTrue();
    assertThat(ensemble.submitted).isEmpty();
    assertThat(ensemble.closed).isTrue();
    assertThat(text(err))
        .startsWith(
            "drover: no process drives "
                + directory
                + ": it is ended from here\ndrover: cancelled: 1 of 3 tasks done, 2 cancelled in ");
    assertThat(text(out))
        .isEqualTo(
            "{\"drover_json\":1,\"run_directory\":\""
                + directory
                + "\",\"whole_run\":true,\"asked\":2,\"already_ended\":1}\n");
  }

  /** What its blocks were on may still be there, and is tried once more. */
  @Test
  void aRunThatWasGivenUp_isEndedToo() throws Exception {
    run.end = new RunEnded(Instant.EPOCH, RunEnd.INFRASTRUCTURE, "login3 does not answer");
    assertThat(cancel()).isEqualTo(3); // and is as before
    assertThat(ensemble.cancelledAll).isTrue();
  }

  private int cancel(String... words) throws Exception {
    CancelCommand command = new CancelCommand(new TakenUp(), opened -> run, console(), root);
    String[] all = new String[words.length + 1];
    all[0] = directory.toString();
    System.arraycopy(words, 0, all, 1, words.length);
    return call(command, all);
  }

  private static <C extends Callable<Integer>> int call(C command, String... args)
      throws Exception {
    new CommandLine(command).parseArgs(args);
    return command.call();
  }

  /** Opens the ensemble of the test, whose open tasks end when it is told to cancel all. */
  private final class TakenUp implements Engine {
    @Override
    public Ensemble open(RunRequest request, Completion recovered, Consumer<Path> prepare) {
      assertThat(request.mustExist()).isTrue();
      assertThat(request.onlyToEnd()).isTrue();
      assertThat(request.settings())
          .containsEntry("provider.init-blocks", "0")
          .containsEntry("provider.strategy", "none");
      ensemble.onCancelAll =
          () ->
              new Thread(
                      () -> {
                        recovered.complete(FakeEnsemble.end(2, Ending.CANCELLED, -1));
                        recovered.complete(FakeEnsemble.end(3, Ending.CANCELLED, -1));
                      })
                  .start();
      return ensemble;
    }
  }

  private static TaskSpec spec(String name) {
    return new TaskSpec(
        name, TaskWork.Shell.line("true"), ResourceRequest.ONE_SLOT, Duration.ofMinutes(2));
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
