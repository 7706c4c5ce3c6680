package dev.drover.cli.engine;

import dev.drover.block.BlockId;
import dev.drover.block.Takeover.LeftBlock;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.Ensemble;
import dev.drover.cli.run.RunRequest;
import dev.drover.executor.BadStateException;
import dev.drover.executor.ExecutorBuilder;
import dev.drover.executor.HighThroughputExecutor;
import dev.drover.interchange.Submission;
import dev.drover.job.JobId;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalReader;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunHeader;
import dev.drover.journal.RunState;
import dev.drover.journal.Unfinished;
import dev.drover.manager.OutputMode;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Starts runs on a real {@link HighThroughputExecutor}. */
public final class ExecutorEngine implements Engine {
  /** Of more tasks than these what they write is packed: two files a task would be too many. */
  public static final int PLAIN_FILES = 1_000;

  private final Runs runs;
  private final Path runsFolder;

  /**
   * @param runs reads what a run that is taken up again had done
   * @param runsFolder where new run directories are made
   */
  public ExecutorEngine(Runs runs, Path runsFolder) {
    this.runs = runs;
    this.runsFolder = runsFolder;
  }

  @Override
  public Ensemble open(RunRequest request, Completion recovered) {
    RunDirectory run = null;
    boolean opened = false;
    try {
      Site site = SiteChoice.read(request.site(), request.settings(), request.directory());
      run = runDirectory(request);
      Ensemble ensemble = start(request, site, run, recovered);
      opened = true;
      return ensemble;
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    } catch (IllegalArgumentException e) { // what the site says makes no provider
      throw StopException.usage("site '" + request.site().orElse("local") + "': " + e.getMessage());
    } catch (RunDirectoryException e) {
      throw switch (e.kind()) {
        case NO_SPACE, OTHER -> StopException.infrastructure(e.getMessage(), e);
        case IN_USE, NOT_WRITABLE, NOT_A_DIRECTORY, NOT_A_RUN, MISSING ->
            StopException.usage(e.getMessage());
      };
    } catch (IOException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    } finally {
      if (!opened && run != null) {
        letGo(run);
      }
    }
  }

  private static void letGo(RunDirectory run) {
    try {
      run.close();
    } catch (RunDirectoryException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    }
  }

  private RunDirectory runDirectory(RunRequest request) throws RunDirectoryException {
    if (request.directory().isEmpty()) {
      return RunDirectory.create(runsFolder, request.name());
    }
    return request.mustExist()
        ? RunDirectory.open(request.directory().get())
        : RunDirectory.openOrCreate(request.directory().get());
  }

  private Ensemble start(RunRequest request, Site site, RunDirectory run, Completion recovered)
      throws IOException {
    Optional<RunState> past =
        run.hasJournal() ? Optional.of(RunState.replay(run.journal()).state()) : Optional.empty();
    Optional<RunView> earlier = past.map(state -> runs.open(run.path()));
    String runId = past.map(RunState::runId).orElseGet(() -> run.path().getFileName().toString());
    if (past.isEmpty()) {
      Files.writeString(run.siteProperties(), site.describe());
      run.writeHeader(header(request, site, runId));
    }
    AtomicReference<HighThroughputExecutor> started = new AtomicReference<>();
    AtomicReference<IOException> early = new AtomicReference<>();
    Journal journal =
        Journal.open(
            run.journal(),
            JournalEntry.RunStarted.now(Instant.now(), runId, past.isPresent()),
            JournalSettings.with(
                problem -> {
                  early.set(problem);
                  if (started.get() != null) {
                    started.get().fail(journalFailed(problem));
                  }
                }));
    ExecutorBuilder builder =
        ExecutorBuilder.on(site)
            .runDirectory(run)
            .journal(journal)
            .workingDirectory(request.workingDirectory())
            .output(request.tasks() > PLAIN_FILES ? OutputMode.PACKED : OutputMode.FILES);
    if (past.isPresent()) {
      List<LeftBlock> left =
          past.get().openBlocks().stream()
              .map(
                  block ->
                      new LeftBlock(
                          new BlockId(block.blockId()),
                          Optional.of(block.jobId()).filter(id -> !id.isEmpty()).map(JobId::new),
                          Path.of(block.directory())))
              .toList();
      builder.continuing(past.get().lastAccepted(), past.get().blocks(), left);
    }
    HighThroughputExecutor executor;
    try {
      executor = builder.start();
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
    started.set(executor);
    if (early.get() != null) {
      executor.fail(journalFailed(early.get()));
    }
    if (past.isPresent()) {
      executor.resubmit(unfinished(run, past.get(), recovered));
    }
    return new ExecutorEnsemble(executor, run, earlier);
  }

  private static BadStateException journalFailed(IOException problem) {
    return new BadStateException(problem.getMessage(), problem);
  }

  private static List<Submission> unfinished(RunDirectory run, RunState past, Completion recovered)
      throws IOException {
    List<Submission> submissions = new ArrayList<>();
    JournalReader.unfinished(
        run.journal(), past, part -> submissions.add(submission(part, recovered)));
    return submissions;
  }

  private static Submission submission(Unfinished part, Completion recovered) {
    return new Submission(
        part.firstId().value(),
        new TaskBatch(part.spec(), part.options(), part.firstIndex(), part.count(), recovered),
        new Submission.Past(part.attempts(), part.lost(), part.cost()));
  }

  private static RunHeader header(RunRequest request, Site site, String runId) {
    String version = ExecutorEngine.class.getPackage().getImplementationVersion();
    return RunHeader.ofThisProcess(
        runId,
        request.name(),
        Instant.now(),
        List.of(),
        version == null ? "unknown" : version,
        site.name(),
        Map.of("working-directory", request.workingDirectory().toString()));
  }
}
