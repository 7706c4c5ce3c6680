package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.tasks.TaskDefaults;
import dev.drover.cli.tasks.TaskList;
import dev.drover.cli.tasks.TaskSources;
import dev.drover.headnode.SkipAloud;
import dev.drover.submit.TaskOptions;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunSessionTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CompletionRelay relay = new CompletionRelay();
  private final AtomicLong now = new AtomicLong();

  /** What passes from one look at the clock to the next. */
  private Duration step = Duration.ofSeconds(20);

  private final ShowOptions options = new ShowOptions();
  private FakeEnsemble ensemble;
  private long cancelsBefore;
  private TaskList tasks;

  @BeforeEach
  void twoTasks() throws Exception {
    ensemble = new FakeEnsemble(directory);
    tasks =
        TaskSources.command(
            List.of("sim", ":::", "1", "2"),
            InputStream.nullInputStream(),
            new TaskDefaults(TaskOptions.DEFAULT, Duration.ZERO, relay));
  }

  @Test
  void engineThatTakesNoMoreWork_endsTheRunWithItsReason_evenIfTasksDoNotAnswer() {
    ensemble.badState =
        Optional.of(
            "journal.jsonl: No space left on device\nfix: make room, then go on with drover resume");
    assertThat(run(stop -> {})).isEqualTo(ExitCode.INFRASTRUCTURE);
    assertThat(ensemble.cancelledAll).isTrue();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            drover: given up: 0 of 2 tasks done, 2 left in 1m20s (cpu time 0.0 s)
              journal.jsonl: No space left on device
              fix: make room, then go on with drover resume
            run directory: %1$s
            to go on:      drover resume %1$s
            """
                .formatted(directory));
    assertThat(directory.resolve("drover.log")).exists();
  }

  @Test
  void interruptedRun_exits130_onceItsTasksHaveEnded() {
    step = Duration.ZERO; // else the grace after the stop may pass before the second end comes
    AtomicReference<Consumer<StopReason>> stop = new AtomicReference<>();
    // The ends wait for the conductor's lock, which the submission holds.
    ensemble.onSubmit =
        () ->
            new Thread(
                    () -> {
                      relay.complete(FakeEnsemble.end(1, Ending.SUCCEEDED, 0));
                      stop.get().accept(StopReason.INTERRUPTED);
                      relay.complete(FakeEnsemble.end(2, Ending.CANCELLED, -1));
                    })
                .start();
    ExitCode code = run(stop::set);
    assertThat(code).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("drover: interrupted: 1 of 2 tasks done, 1 cancelled in ");
  }

  @Test
  void aCancelThatCameWhileTheRunStarted_isHeard_andOneForAnEarlierProcessIsNot() throws Exception {
    CancelRequests.of(directory).ask(List.of("2", CancelRequests.ALL));
    cancelsBefore = CancelRequests.told(Optional.of(directory));
    CancelRequests.of(directory).ask(List.of("1"));
    ensemble.onCancel = () -> ended(Ending.CANCELLED, Ending.SUCCEEDED);
    assertThat(run(stop -> {})).isEqualTo(ExitCode.CANCELLED);
    assertThat(ensemble.cancelled).containsExactly(new TaskId(1));
    assertThat(ensemble.cancelledAll).isFalse();
  }

  /** On a thread of its own, since the caller may hold the conductor's lock. */
  private void ended(Ending first, Ending second) {
    new Thread(
            () -> {
              relay.complete(FakeEnsemble.end(1, first, -1));
              relay.complete(FakeEnsemble.end(2, second, 0));
            })
        .start();
  }

  @Test
  void fullDiskUnderTheJobsLog_isToldAtTheEnd() throws Exception {
    Path full = Path.of("/dev/full");
    SkipAloud.unless(
        Files.exists(full), "there is no /dev/full, so no jobs log was on a full disk");
    JobLog log = JobLog.open(full, false);
    log.flush();
    log.close();
    assertThat(log.problem())
        .contains("the jobs log /dev/full is not complete: No space left on device");
  }

  private ExitCode run(Consumer<Consumer<StopReason>> stopper) {
    options.progress = ShowOptions.ProgressChoice.NONE;
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), stream, stream, false, 80);
    return new RunSession(
            console,
            options,
            cancelsBefore,
            () -> now.getAndAdd(step.toNanos()),
            (stop, abandon) -> stopper.accept(stop))
        .run(tasks, ensemble, relay, 0);
  }
}
