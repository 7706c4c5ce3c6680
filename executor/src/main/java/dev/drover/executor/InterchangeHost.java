package dev.drover.executor;

import dev.drover.interchange.ClientAddresses;
import dev.drover.interchange.Submission;
import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.LockHolder;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunEnd;
import dev.drover.journal.RunState;
import dev.drover.journal.Unfinished;
import dev.drover.manager.OutputMode;
import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.EndedTask;
import dev.drover.protocol.IdRange;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import dev.drover.remote.KeptClasspaths;
import dev.drover.remote.KeptSubmissions;
import dev.drover.remote.ReportSpool;
import dev.drover.remote.ServerSettings;
import dev.drover.remote.SubmissionServer;
import dev.drover.remote.SubmissionService;
import dev.drover.site.Site;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An interchange on a head node, with its blocks and its journal, that a process elsewhere submits
 * to: what a local run has, and a {@link SubmissionServer}. It goes on while its submitter is away,
 * and takes up what an earlier process in the same run directory left. It ends when it is told to,
 * or is abandoned.
 */
public final class InterchangeHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InterchangeHost.class);

  /** Nobody here waits for the end of a task: the spool tells the submitter. */
  private static final Completion NOBODY = report -> {};

  private final RunDirectory run;
  private final String host;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final ReportSpool reports;
  private final KeptSubmissions functions;
  private final KeptClasspaths classpaths;
  private final LocalEngine engine;
  private final Thread endWithJvm = new Thread(this::endOnSignal, "drover-shutdown");
  private final Optional<JournalEntry.RunEnded> earlierEnd;
  private volatile SubmissionServer server;

  private InterchangeHost(
      RunDirectory run, Site site, Path workingDirectory, OutputMode output, String runId)
      throws IOException, ScriptRenderException {
    this.run = run;
    this.host = run.holder().map(LockHolder::host).orElse("the head node");
    boolean started = false;
    LocalEngine begun = null;
    try {
      SiteSettings settings = new SiteSettings(site, workingDirectory);
      CurveKeys.create(run.keys());
      RunState past = run.hasJournal() ? RunState.replay(run.journal()).state() : new RunState();
      earlierEnd = past.end();
      LongPredicate isFinished = id -> past.isFinished(new TaskId(id));
      List<EndedTask> unknown = new ArrayList<>();
      reports =
          ReportSpool.open(
              run.path().resolve("reports"),
              isFinished,
              unknown::add,
              problem -> failed("reports cannot be kept: " + problem.getMessage()));
      toClose.add(reports);
      forceJournal(); // functions of tasks that it says have ended are forgotten
      functions = KeptSubmissions.open(run.path().resolve("functions"), isFinished);
      toClose.add(functions);
      classpaths = new KeptClasspaths(run.path().resolve("classes"));
      toClose.add(classpaths);
      Journal journal = journal(runId, past, unknown);
      toClose.add(journal);
      begun =
          new LocalEngine(
              settings,
              run,
              Optional.of(journal),
              output,
              failed -> 1,
              classpaths,
              past.blocks() + 1,
              Optional.empty(),
              new Spooling());
      engine = begun;
      engine.start(Resumption.blocks(past));
      if (past.lastAccepted() > 0) {
        engine.resubmit(Resumption.tasks(run.journal(), past, NOBODY, this::spec));
      }
      functions.forgetEarlier();
      server =
          SubmissionServer.start(
              ServerSettings.abandoningAfter(settings.abandonAfter()),
              settings.addresses().ofSubmissions(run.keys()).preferring(portBefore()),
              past.lastAccepted(),
              new Service(),
              reports,
              classpaths);
      engine.badState().ifPresent(problem -> server.broke(problem.getMessage()));
      addresses().write(run.keys());
      Runtime.getRuntime().addShutdownHook(endWithJvm);
      started = true;
    } finally {
      if (!started) {
        if (begun != null) {
          begun.breakOff();
        }
        letGo();
      }
    }
  }

  /**
   * Starts in a run directory, whose lock the caller holds, and takes up what is in it.
   *
   * @param workingDirectory of tasks that name none, when the site names none either
   * @param runId of a new run; one that is taken up keeps its own
   * @throws IOException when the run directory, the keys or a port cannot be had, or a job of the
   *     earlier process does not end
   */
  public static InterchangeHost start(
      RunDirectory run, Site site, Path workingDirectory, OutputMode output, String runId)
      throws IOException {
    try {
      return new InterchangeHost(run, site, workingDirectory, output, runId);
    } catch (ScriptRenderException e) {
      throw new IOException(e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What a killed process wrote last may not be on the disk yet. */
  private void forceJournal() throws IOException {
    if (run.hasJournal()) {
      try (FileChannel journal = FileChannel.open(run.journal(), StandardOpenOption.WRITE)) {
        journal.force(false);
      }
    }
  }

  private Journal journal(String runId, RunState past, List<EndedTask> unknown) throws IOException {
    boolean resumed = past.starts() > 0;
    Journal journal =
        Journal.open(
            run.journal(),
            JournalEntry.RunStarted.now(Instant.now(), resumed ? past.runId() : runId, resumed),
            JournalSettings.with(problem -> failed(problem.getMessage())));
    for (EndedTask ended : unknown) {
      JournalEntry entry = new JournalEntry.TaskFinished(Travel.in(ended));
      journal.append(entry);
      past.accept(entry);
    }
    return journal;
  }

  private TaskSpec spec(Unfinished part) {
    if (part.spec().work() instanceof TaskWork.Java) {
      return functions
          .spec(part.firstId().value())
          .orElseThrow(
              () ->
                  new UncheckedIOException(
                      new IOException(
                          "the function of task %d is not in %s: it was deleted, or its disk was full"
                              .formatted(
                                  part.firstId().value(), run.path().resolve("functions")))));
    }
    return part.spec();
  }

  private void failed(String reason) {
    LocalEngine started = engine;
    if (started != null) {
      started.fail(new BadStateException("on " + host + ": " + reason)); // read on another machine
    }
  }

  /** Where the interchange of this run directory is found: {@code keys/submission}. */
  private ClientAddresses addresses() {
    return ClientAddresses.forSubmitters(
        List.of("127.0.0.1:" + server.port(), "127.0.0.1:" + server.dataPort()));
  }

  private int portBefore() {
    try {
      String before = ClientAddresses.readForSubmitters(run.keys()).addresses().get(0);
      return Integer.parseInt(before.substring(before.lastIndexOf(':') + 1));
    } catch (IOException e) {
      return 0; // a new run, or one that ended in order
    }
  }

  /** Port on this host's loopback where submitters attach. */
  public int port() {
    return server.port();
  }

  /** Port on this host's loopback of the sealed frames. */
  public int dataPort() {
    return server.dataPort();
  }

  /** How the process before this one ended the run; empty = it was killed, or there was none. */
  public Optional<JournalEntry.RunEnded> earlierEnd() {
    return earlierEnd;
  }

  /** Waits until the run has ended: finished by its submitter, or abandoned. */
  public void awaitEnd() throws InterruptedException {
    server.awaitEnd();
  }

  /** The JVM is gone when this has ended: who holds the directory may not come to let it go. */
  private void endOnSignal() {
    endWithJvm();
    try {
      run.close();
    } catch (RunDirectoryException e) {
      log.warn("{}", e.getMessage());
    }
  }

  private void endWithJvm() {
    end(RunEnd.INTERRUPTED, "its process was told to end", () -> {});
    server.close();
    letGo();
  }

  /** Once only; a second call, such as that of a signal, waits for the first. */
  private synchronized void end(RunEnd how, String reason, Runnable ended) {
    if (ending.compareAndSet(false, true)) {
      String journaled =
          switch (how) {
            case ALL_SUCCEEDED, SOME_FAILED -> "";
            case INFRASTRUCTURE -> engine.badState().map(Throwable::getMessage).orElse(reason);
            case CANCELLED, INTERRUPTED, ABANDONED -> {
              engine.stopping();
              yield reason;
            }
          };
      engine.close(how, journaled);
      ended.run();
    }
  }

  private void letGo() {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      try {
        toClose.get(i).close();
      } catch (Exception e) {
        log.warn("closing the run's files: {}", e.getMessage());
      }
    }
    toClose.clear();
  }

  /** Ends what has not ended, as a signal would; the run can be taken up again. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      return; // the JVM ends: the hook does it
    }
    endWithJvm();
  }

  private final class Spooling implements Engine.User {
    @Override
    public void ended(TaskReport report) {}

    @Override
    public void broke(BadStateException problem) {
      SubmissionServer started = server;
      if (started != null) {
        started.broke(problem.getMessage());
      }
    }

    @Override
    public void keep(TaskReport report, boolean isFinal, Runnable kept) {
      reports.keep(Travel.out(report, isFinal), kept);
    }
  }

  private final class Service implements SubmissionService {
    @Override
    public void submit(List<SubmittedTasks> tasks, Runnable accepted) {
      try {
        functions.keep(tasks);
      } catch (IOException e) {
        fail("functions cannot be kept: " + e.getMessage());
        return;
      }
      List<Submission> submissions = tasks.stream().map(t -> Travel.in(t, NOBODY)).toList();
      engine.submit(submissions, accepted);
    }

    @Override
    public void obey(Order order) {
      order.match(new Orders());
    }

    @Override
    public void recall(List<IdRange> tasks) {
      new Thread(
              () -> {
                try {
                  long recalled = new EarlierEnds(run.journal(), reports).recall(tasks);
                  log.info("{} ends that an earlier submitter had are told again", recalled);
                } catch (IOException e) {
                  fail("ends of tasks cannot be read again: " + e.getMessage());
                }
              },
              "drover-recall")
          .start();
    }

    @Override
    public CompletableFuture<ToSubmitter.Status> status() {
      return engine.status().thenApply(Travel::out);
    }

    @Override
    public void fail(String reason) {
      engine.fail(new BadStateException(reason));
    }

    @Override
    public void end(String how, String reason, Runnable ended) {
      new Thread(() -> InterchangeHost.this.end(RunEnd.valueOf(how), reason, ended), "drover-end")
          .start();
    }
  }

  private final class Orders implements Order.Cases<Void> {
    @Override
    public Void submit(Order.Submit order) {
      throw new IllegalArgumentException("submissions have a door of their own");
    }

    @Override
    public Void cancel(Order.Cancel order) {
      engine.cancel(order.tasks());
      return null;
    }

    @Override
    public Void cancelAll(Order.CancelAll order) {
      if (order.resumable()) {
        engine.stopping();
      }
      engine.cancelAll(order.reason());
      return null;
    }

    @Override
    public Void hold(Order.Hold order) {
      engine.hold(order.manager(), order.on());
      return null;
    }

    @Override
    public Void drain(Order.Drain order) {
      engine.drain(order.manager());
      return null;
    }

    @Override
    public Void scaleOut(Order.ScaleOut order) {
      engine.scaleOut(order.blocks());
      return null;
    }

    @Override
    public Void scaleIn(Order.ScaleIn order) {
      engine.scaleIn(order.blocks());
      return null;
    }

    @Override
    public Void finish(Order.Finish order) {
      throw new IllegalArgumentException("the end has a door of its own");
    }
  }
}
