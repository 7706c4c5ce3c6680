package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Logging;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.tasks.TaskList;
import dev.drover.submit.ExecutorStatus;
import dev.drover.task.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One run from the opened ensemble to the printed summary, on the main thread.
 *
 * @param cancelsBefore where the requests to cancel begin that are for this process
 * @param clock nanoseconds, as {@link System#nanoTime}
 * @param signals is given what to do when a signal asks the run to stop, and when it must end at
 *     once
 */
record RunSession(
    Console console,
    ShowOptions options,
    long cancelsBefore,
    LongSupplier clock,
    BiConsumer<Consumer<StopReason>, Runnable> signals) {
  private static final long SECOND = 1_000_000_000L;
  private static final long GRACE_AFTER_STOP = 30 * SECOND;

  ExitCode run(TaskList tasks, Ensemble ensemble, CompletionRelay relay, long startNanos) {
    Logging.toFile(ensemble.runDirectory().resolve("drover.log"));
    boolean goesOn = ensemble.earlier().isPresent();
    JobLog jobLog = options.jobsLog == null ? JobLog.NONE : JobLog.open(options.jobsLog, goesOn);
    Conductor conductor = new Conductor(tasks, options.onFailure.failFast, jobLog);
    signals.accept(conductor::stop, ensemble::abandon);
    conductor.adopt(ensemble);
    relay.connect(conductor);
    Progress progress =
        new Progress(console, options.mode(console), startNanos, conductor.endedBefore());
    conductor.start();
    Optional<String> badState = await(conductor, ensemble, progress, jobLog);
    progress.clear();
    jobLog.close();
    jobLog.problem().ifPresent(text -> console.err().println("drover: " + text));
    Duration wall = Duration.ofNanos(clock.getAsLong() - startNanos);
    // The engine may have ended all tasks before it could be seen that it gave up.
    Optional<StopReason> stopped =
        conductor.stopped().or(() -> badState.map(reason -> StopReason.INFRASTRUCTURE));
    Summary summary =
        new Summary(
            exitCode(conductor.tally(), stopped),
            conductor.tally(),
            conductor.endedBefore(),
            wall,
            stopped,
            conductor.failures(),
            conductor.neverRun(),
            badState,
            ensemble.runDirectory());
    console.err().println(summary.text());
    if (options.json) {
      console.out().println(summary.json());
    }
    return summary.exitCode();
  }

  private Optional<String> await(
      Conductor conductor, Ensemble ensemble, Progress progress, JobLog jobLog) {
    CancelRequests requests = CancelRequests.after(ensemble.runDirectory(), cancelsBefore);
    Optional<String> badState = Optional.empty();
    long stoppedSince = -1;
    long nextLook = clock.getAsLong();
    try {
      while (!conductor.awaitOver(progress.tickMillis())) {
        long now = clock.getAsLong();
        ExecutorStatus status = ensemble.status();
        progress.tick(now, conductor.tally(), status);
        if (status.badState().isPresent() && badState.isEmpty()) {
          badState = status.badState();
          conductor.stop(StopReason.INFRASTRUCTURE);
        }
        if (now - nextLook >= 0) {
          nextLook = now + SECOND;
          jobLog.flush();
          obey(requests, conductor);
        }
        if (conductor.stopped().isPresent()) {
          stoppedSince = stoppedSince < 0 ? now : stoppedSince;
          if (now - stoppedSince > GRACE_AFTER_STOP) {
            break;
          }
        }
      }
    } catch (InterruptedException e) {
      conductor.stop(StopReason.INTERRUPTED);
      Thread.currentThread().interrupt();
    }
    return badState.isPresent() ? badState : ensemble.status().badState();
  }

  private void obey(CancelRequests requests, Conductor conductor) {
    List<String> lines;
    try {
      lines = requests.next();
    } catch (IOException e) {
      return;
    }
    if (lines.contains(CancelRequests.ALL)) {
      conductor.stop(StopReason.CANCELLED);
    } else if (!lines.isEmpty()) {
      conductor.cancel(
          lines.stream()
              .filter(line -> line.matches("[1-9]\\d{0,17}"))
              .map(line -> new TaskId(Long.parseLong(line)))
              .toList());
    }
  }

  private static ExitCode exitCode(Tally tally, Optional<StopReason> stopped) {
    return stopped
        .map(StopReason::exitCode)
        .orElseGet(
            () ->
                tally.failed() + tally.dependencyFailed() > 0
                    ? ExitCode.TASKS_FAILED
                    : tally.cancelled() > 0 ? ExitCode.CANCELLED : ExitCode.DONE);
  }
}
