package dev.drover.cli.run;

import dev.drover.cli.inspect.RunView;
import dev.drover.submit.Completion;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** An engine that really runs commands, two at a time, so that the whole command can be tried. */
public final class LocalEngine implements Engine {
  @Override
  public Ensemble open(RunRequest request, Completion recovered, Consumer<Path> prepare) {
    Path directory = request.directory().orElse(Path.of("drover-runs", "trial-" + request.name()));
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    prepare.accept(directory);
    return new Local(directory, request);
  }

  private static final class Local implements Ensemble {
    private final Path directory;
    private final RunRequest request;
    private final ExecutorService slots = Executors.newFixedThreadPool(2);
    private final AtomicLong nextId = new AtomicLong(1);
    private final AtomicLong open = new AtomicLong();
    private volatile boolean cancelled;
    private final List<Process> running = new ArrayList<>();

    Local(Path directory, RunRequest request) {
      this.directory = directory;
      this.request = request;
    }

    @Override
    public Path runDirectory() {
      return directory;
    }

    @Override
    public Optional<RunView> earlier() {
      return Optional.empty();
    }

    @Override
    public void submit(List<TaskBatch> batches) {
      for (TaskBatch batch : batches) {
        for (int i = 0; i < batch.count(); i++) {
          TaskId id = new TaskId(nextId.getAndIncrement());
          long index = batch.firstIndex() + i;
          open.incrementAndGet();
          slots.execute(() -> run(id, index, batch));
        }
      }
    }

    private void run(TaskId id, long index, TaskBatch batch) {
      TaskReport report = cancelled ? cancelledReport(id) : attempt(id, index, batch);
      open.decrementAndGet();
      batch.completion().complete(report);
    }

    private static TaskReport cancelledReport(TaskId id) {
      return new TaskReport(TaskOutcome.without(id, 1, Ending.CANCELLED, "", 0), "", "", "", 0);
    }

    private TaskReport attempt(TaskId id, long index, TaskBatch batch) {
      TaskWork.Shell shell = (TaskWork.Shell) batch.spec().work();
      long start = System.currentTimeMillis() * 1000;
      try {
        List<String> argv = new ArrayList<>(shell.argv());
        if (shell.commandLine()) {
          argv.addAll(0, List.of("/bin/bash", "-c"));
        }
        Path err = Files.createTempFile("drover", ".err");
        ProcessBuilder builder = new ProcessBuilder(argv).redirectError(err.toFile());
        builder.directory(request.workingDirectory().toFile());
        builder.environment().putAll(shell.env());
        builder.environment().put("DROVER_TASK_INDEX", Long.toString(index));
        shell.stdout().ifPresent(file -> builder.redirectOutput(Path.of(file).toFile()));
        Process process;
        synchronized (running) { // so that what is cancelled meanwhile is seen, or not started
          if (cancelled) {
            return cancelledReport(id);
          }
          process = builder.start();
          running.add(process);
        }
        process.getInputStream().readAllBytes();
        int code = process.waitFor();
        String tail = Files.readString(err, StandardCharsets.UTF_8);
        Files.delete(err);
        boolean killed = cancelled;
        int signal = code > 128 && code < 160 ? code - 128 : 0;
        Ending ending =
            killed
                ? Ending.CANCELLED
                : code == 0 ? Ending.SUCCEEDED : signal > 0 ? Ending.SIGNALLED : Ending.FAILED;
        TaskOutcome outcome =
            new TaskOutcome(
                id,
                1,
                ending,
                signal > 0 ? -1 : code,
                signal,
                "",
                Payload.EMPTY,
                start,
                System.currentTimeMillis() * 1000,
                1000,
                -1,
                0,
                OutputRange.NOTHING,
                OutputRange.NOTHING,
                ending.isSuccess() ? "" : tail);
        return new TaskReport(outcome, "localhost", "m", "b", 0);
      } catch (IOException | InterruptedException e) {
        return new TaskReport(
            TaskOutcome.without(id, 1, Ending.NOT_STARTED, e.getMessage(), start),
            "localhost",
            "",
            "",
            0);
      }
    }

    @Override
    public void cancel(Collection<TaskId> tasks) {}

    @Override
    public void cancelAll() {
      synchronized (running) {
        cancelled = true;
        running.forEach(process -> process.descendants().forEach(ProcessHandle::destroy));
        running.forEach(Process::destroy);
      }
    }

    @Override
    public ExecutorStatus status() {
      long assigned = Math.min(2, open.get());
      return new ExecutorStatus(
          open.get() - assigned, assigned, 0, 0, 2, List.of(), List.of(), Optional.empty());
    }

    @Override
    public void abandon() {}

    @Override
    public void close() {
      slots.shutdownNow();
    }
  }
}
