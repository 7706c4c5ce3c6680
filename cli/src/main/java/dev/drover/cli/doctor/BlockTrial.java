package dev.drover.cli.doctor;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.console.Logging;
import dev.drover.cli.console.StopException;
import dev.drover.cli.run.ChosenSite;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.Ensemble;
import dev.drover.cli.run.StopReason;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One block of one node, asked for as any run asks, with one task that looks at the node. Its run
 * directory goes when all was well, and stays to be looked at when not.
 */
final class BlockTrial {
  static final String STEP = "block";

  private static final long LOOK_MILLIS = 200;

  private final Engine engine;
  private final Console console;
  private final NodeLook look;
  private final Site site;
  private final HeadNode node;
  private final Checkup checkup;
  private final Duration patience;
  private final BiConsumer<Consumer<StopReason>, Runnable> signals;
  private final CompletableFuture<Ended> end = new CompletableFuture<>();
  private volatile Optional<StopReason> stopped = Optional.empty();
  private String stands = "";
  private boolean neverStarted;

  /** The task's end, and when it was heard of here. */
  private record Ended(TaskReport report, Instant heard) {}

  /**
   * @param node where the run and its interchange are; not closed
   * @param patience for the block to start
   * @param signals is given what to do when a signal asks to stop, and when it must end at once
   */
  BlockTrial(
      Engine engine,
      Console console,
      ChosenSite chosen,
      Site site,
      HeadNode node,
      Checkup checkup,
      Duration patience,
      BiConsumer<Consumer<StopReason>, Runnable> signals) {
    this.engine = engine;
    this.console = console;
    this.look = new NodeLook(site, chosen.name(), chosen.settings());
    this.site = site;
    this.node = node;
    this.checkup = checkup;
    this.patience = patience;
    this.signals = signals;
  }

  /**
   * Tries it.
   *
   * @return with what the command ends: a signal came, or the site is none for a run; empty = as
   *     the steps say
   */
  Optional<ExitCode> run() {
    Path here = null;
    Optional<ExitCode> unasked = Optional.empty();
    try (Ensemble ensemble = engine.open(look.request(), report -> {})) {
      here = ensemble.runDirectory().toAbsolutePath();
      Logging.toFile(here.resolve("drover.log"));
      signals.accept(
          reason -> {
            stopped = Optional.of(reason);
            end.cancel(false);
          },
          ensemble::abandon);
      Path run = runThere(here);
      node.write(run.resolve("doctor.properties"), look.site(), FileMode.PRIVATE);
      long start = System.nanoTime();
      ensemble.submit(
          List.of(
              TaskBatch.single(
                  look.task(run),
                  TaskOptions.DEFAULT,
                  report -> end.complete(new Ended(report, Instant.now())))));
      await(ensemble, start).ifPresent(ended -> tell(ended, run, start));
    } catch (StopException e) {
      checkup.add(Step.failed(STEP, e.getMessage()));
      unasked = Optional.of(e.exitCode());
    } catch (IOException e) {
      checkup.add(Step.failed(STEP, String.valueOf(e.getMessage())));
    }
    if (here != null) {
      leave(here);
    }
    return stopped.isPresent() ? stopped.map(StopReason::exitCode) : unasked;
  }

  private Path runThere(Path here) throws IOException {
    return ThereSteps.isInterchangeThere(site)
        ? Path.of(there().ask("place", site.get(SiteKeys.HEADNODE_RUNS)).of("path"))
            .resolve(here.getFileName())
        : here;
  }

  private There there() {
    return new There(node, site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT));
  }

  /** The end of the task; empty if it is not waited for any longer, which a step then tells. */
  private Optional<Ended> await(Ensemble ensemble, long start) {
    long until = start + patience.toNanos();
    boolean started = false;
    while (stopped.isEmpty()) {
      try {
        return Optional.of(end.get(LOOK_MILLIS, TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        ExecutorStatus status = ensemble.status();
        show(status);
        if (status.badState().isPresent()) {
          checkup.add(Step.failed(STEP, status.badState().get()));
          return Optional.empty();
        }
        if (!started && !status.managers().isEmpty()) {
          started = true;
          until = System.nanoTime() + NodeLook.LIMIT.toNanos();
        }
        if (System.nanoTime() - until > 0) {
          neverStarted = !started;
          checkup.add(tooLate(started));
          return Optional.empty();
        }
      } catch (ExecutionException | InterruptedException e) {
        throw new IllegalStateException("nobody fails or interrupts this", e);
      } catch (CancellationException e) {
        break;
      }
    }
    checkup.add(Step.untried(STEP, "interrupted; the block is given back"));
    return Optional.empty();
  }

  /** How the block stands, on the terminal whenever that changes. */
  private void show(ExecutorStatus status) {
    String now =
        status.blocks().stream()
            .map(
                block ->
                    block.id()
                        + (block.job().isEmpty() ? "" : " (job " + block.job() + ")")
                        + " is "
                        + block.state()
                        + (block.reason().isEmpty() ? "" : ": " + block.reason()))
            .collect(Collectors.joining("; "));
    if (!now.isEmpty() && !now.equals(stands)) {
      stands = now;
      console.err().println("drover: block " + now);
    }
  }

  private Step tooLate(boolean started) {
    return started
        ? Step.failed(
            STEP,
            "the task that looks at the node has not ended in " + Figures.time(NodeLook.LIMIT),
            "look at what hangs there, such as a file system")
        : Step.failed(
            STEP,
            "no node after %s; %s"
                .formatted(
                    Figures.time(patience),
                    stands.isEmpty() ? "no block was submitted" : "block " + stands),
            "wait longer (--wait), or choose another queue: --set provider.queue=…");
  }

  private void tell(Ended ended, Path run, long start) {
    TaskReport report = ended.report();
    if (!report.outcome().ending().isSuccess()) {
      checkup.add(
          Step.failed(
              report.host().isEmpty() ? STEP : "node",
              (report.outcome().message() + "\n" + report.outcome().tail()).strip()));
      return;
    }
    checkup.add(
        Step.ok(
            STEP,
            "%s ran a task on %s after %s"
                .formatted(
                    stands.isEmpty() ? report.block() : stands.replaceAll(" is .*", ""),
                    report.host(),
                    Figures.time(Duration.ofNanos(System.nanoTime() - start)))));
    try {
      new NodeSteps(site, checkup)
          .tell(there(), run, report.outcome().endedMicros(), ended.heard());
    } catch (IOException e) {
      checkup.add(Step.failed("node", String.valueOf(e.getMessage())));
    }
  }

  /** Removes the run, unless it shows what failed. */
  private void leave(Path here) {
    boolean isWell =
        checkup.steps().stream()
            .noneMatch(
                step -> step.isFailed() && (step.name().equals(STEP) || NodeSteps.has(step)));
    if (!isWell && !neverStarted) {
      console.err().println("drover: its run is kept: " + here);
      return;
    }
    try {
      if (ThereSteps.isInterchangeThere(site)) {
        there().ask("remove", runThere(here).toString());
      }
      try (Stream<Path> files = Files.walk(here)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      console.err().println("drover: not all of " + here + " could be removed: " + e.getMessage());
    }
  }
}
