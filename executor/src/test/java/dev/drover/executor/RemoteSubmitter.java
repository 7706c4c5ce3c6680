package dev.drover.executor;

import dev.drover.journal.Journal;
import dev.drover.journal.JournalEntry;
import dev.drover.journal.JournalSettings;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunState;
import dev.drover.remote.LinkSettings;
import dev.drover.remote.RemoteInterchange;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The laptop of a test: an executor with a run directory and a journal of its own, which begins a
 * run or goes on with the one that is there.
 */
final class RemoteSubmitter implements AutoCloseable {
  final HighThroughputExecutor executor;
  final Path journal;
  private final RunDirectory run;

  RemoteSubmitter(Path home, RemoteInterchange remote, Completion recovered) throws IOException {
    this(home, remote, RemoteHost.QUICK, recovered);
  }

  RemoteSubmitter(Path home, RemoteInterchange remote, LinkSettings link, Completion recovered)
      throws IOException {
    run = RunDirectory.openOrCreate(home.resolve("here"));
    journal = run.journal();
    Optional<RunState> past =
        run.hasJournal() ? Optional.of(RunState.replay(journal).state()) : Optional.empty();
    Journal writer =
        Journal.open(
            journal,
            JournalEntry.RunStarted.now(Instant.now(), "here", past.isPresent()),
            JournalSettings.with(
                problem -> {
                  throw new AssertionError(problem);
                }));
    ExecutorBuilder builder =
        ExecutorBuilder.on(TestRun.builder().site())
            .interchange(remote)
            .link(link)
            .runDirectory(run)
            .journal(writer);
    past.ifPresent(p -> builder.continuing(p.lastAccepted(), 0, List.of()));
    executor = builder.start();
    if (past.isPresent()) {
      executor.resubmit(Resumption.tasks(journal, past.get(), recovered));
    }
  }

  /** Commands that each append their number to a file. */
  void submit(Path ran, int count, String more, Completion each) {
    List<TaskBatch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batches.add(
          TaskBatch.single(
              TaskSpec.of(TaskWork.Shell.line("echo %d >> %s; %s".formatted(i, ran, more))),
              TaskOptions.DEFAULT,
              each));
    }
    executor.submit(batches);
  }

  void letGo() throws IOException {
    run.close();
  }

  @Override
  public void close() throws IOException {
    executor.close();
    run.close();
  }

  /** A submitter in a JVM of its own, to be killed. Arguments: directory, count, more commands. */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    RemoteSubmitter submitter = new RemoteSubmitter(home, new RemoteHost(home), report -> {});
    submitter.submit(home.resolve("ran"), Integer.parseInt(args[1]), args[2], report -> {});
    Thread.sleep(600_000);
  }

  static Process start(Path home, int count, String more) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            RemoteSubmitter.class.getName(),
            home.toString(),
            Integer.toString(count),
            more)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("submitter.out").toFile())
        .start();
  }
}
