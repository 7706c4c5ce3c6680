package dev.drover.cli.engine;

import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.Runs;
import dev.drover.cli.run.Engine;
import dev.drover.cli.run.Ensemble;
import dev.drover.cli.run.RunRequest;
import dev.drover.cli.run.SiteTerms;
import dev.drover.executor.BadStateException;
import dev.drover.executor.ExecutorBuilder;
import dev.drover.executor.HighThroughputExecutor;
import dev.drover.executor.MpiExecutor;
import dev.drover.executor.Resumption;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunHeader;
import dev.drover.journal.RunState;
import dev.drover.manager.OutputMode;
import dev.drover.remote.SshInterchange;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import dev.drover.submit.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Starts runs on a real {@link HighThroughputExecutor}. */
public final class ExecutorEngine implements Engine {
  /** Of more tasks than these what they write is packed: two files a task would be too many. */
  public static final int PLAIN_FILES = 1_000;

  private final Runs runs;
  private final Path runsFolder;
  private final SiteChoice sites;

  /** The site of the run that was judged last, so that it is read, and talks, once. */
  private Optional<JudgedSite> judged = Optional.empty();

  private record JudgedSite(
      Optional<String> named, Map<String, String> settings, Optional<Path> directory, Site site) {}

  /**
   * @param runs reads what a run that is taken up again had done
   * @param runsFolder where new run directories are made
   * @param sites finds the site of a run
   */
  public ExecutorEngine(Runs runs, Path runsFolder, SiteChoice sites) {
    this.runs = runs;
    this.runsFolder = runsFolder;
    this.sites = sites;
  }

  @Override
  public SiteTerms terms(
      Optional<String> named, Map<String, String> settings, Optional<Path> directory) {
    try {
      Site site = sites.forRun(named, settings, directory);
      judged = Optional.of(new JudgedSite(named, settings, directory, site));
      return new SiteTerms(
          HighThroughputExecutor.defaultOptions(site),
          resources -> MpiExecutor.problem(site, resources));
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }

  private Site site(RunRequest request) {
    Optional<Site> known =
        judged
            .filter(it -> it.named().equals(request.site()))
            .filter(it -> it.settings().equals(request.settings()))
            .filter(it -> it.directory().equals(request.directory()))
            .map(JudgedSite::site);
    judged = Optional.empty();
    return known.orElseGet(
        () -> sites.forRun(request.site(), request.settings(), request.directory()));
  }

  @Override
  public Ensemble open(RunRequest request, Completion recovered, Consumer<Path> prepare) {
    RunDirectory run = null;
    Site site = null;
    boolean isNew = isNew(request);
    boolean wasThere = request.directory().filter(Files::exists).isPresent();
    boolean opened = false;
    try {
      site = site(request);
      run = runDirectory(request);
      Ensemble ensemble = start(request, site, run, recovered, prepare);
      opened = true;
      return ensemble;
    } catch (BegunThereException e) {
      isNew = false;
      throw StopException.infrastructure(e.getMessage(), e);
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    } catch (IllegalArgumentException e) { // what the site says makes no provider
      throw StopException.usage("site '" + site.name() + "': " + e.getMessage());
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
        letGo(run, isNew, wasThere);
      }
    }
  }

  /** Whether nothing is in the run directory yet. */
  private static boolean isNew(RunRequest request) {
    String[] entries = request.directory().map(directory -> directory.toFile().list()).orElse(null);
    return entries == null || entries.length == 0;
  }

  private static void letGo(RunDirectory run, boolean isNew, boolean wasThere) {
    try {
      if (isNew) {
        run.discard(wasThere);
      } else {
        run.close();
      }
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

  /** The run could not be connected to, and may have begun on its head node. */
  private static final class BegunThereException extends IOException {
    BegunThereException(RunDirectory run, Exception problem) {
      super(
          problem.getMessage()
              + "\n  the run may have begun there; to go on with it, or to end it: drover resume "
              + run.path(),
          problem);
    }
  }

  private Ensemble start(
      RunRequest request, Site site, RunDirectory run, Completion recovered, Consumer<Path> prepare)
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
    Optional<SshInterchange> remote = Optional.empty();
    HighThroughputExecutor executor;
    try {
      remote = HeadNodeStart.send(request, site, run, past.isPresent(), sites.notes());
      prepare.accept(run.path());
      if (remote.isPresent()) {
        remote.get().connect();
      }
      executor = builder(request, site, run, journal, past, remote).start();
    } catch (IOException | RuntimeException e) {
      journal.close();
      remote.ifPresent(SshInterchange::close);
      if (past.isEmpty() && remote.filter(SshInterchange::mayRun).isPresent()) {
        throw new BegunThereException(run, e);
      }
      throw e;
    }
    started.set(executor);
    if (early.get() != null) {
      executor.fail(journalFailed(early.get()));
    }
    if (past.isPresent()) {
      executor.resubmit(Resumption.tasks(run.journal(), past.get(), recovered));
      if (request.onlyToEnd() && executor.outstanding() > 0) {
        executor.cancelAll("the run was cancelled");
      }
    }
    return new ExecutorEnsemble(executor, run, earlier);
  }

  private static ExecutorBuilder builder(
      RunRequest request,
      Site site,
      RunDirectory run,
      Journal journal,
      Optional<RunState> past,
      Optional<SshInterchange> remote) {
    ExecutorBuilder builder =
        ExecutorBuilder.on(site)
            .runDirectory(run)
            .journal(journal)
            .workingDirectory(request.workingDirectory())
            .output(request.tasks() > PLAIN_FILES ? OutputMode.PACKED : OutputMode.FILES);
    if (past.isPresent()) {
      builder.continuing(
          past.get().lastAccepted(), past.get().blocks(), Resumption.blocks(past.get()));
    }
    remote.ifPresent(builder::interchange);
    return builder;
  }

  private static BadStateException journalFailed(IOException problem) {
    return new BadStateException(problem.getMessage(), problem);
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
