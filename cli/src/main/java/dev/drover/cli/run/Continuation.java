package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.CancelRequests;
import dev.drover.cli.tasks.InvalidTasksException;
import dev.drover.cli.tasks.TaskDefaults;
import dev.drover.cli.tasks.TaskList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Takes up a run that no process drives, with the tasks that it kept.
 *
 * @param settings win over the site's, as {@code --set} does
 * @param onlyToEnd whether nothing of it shall run any more
 */
record Continuation(
    Engine engine,
    Console console,
    ShowOptions show,
    Map<String, String> settings,
    boolean onlyToEnd) {
  /**
   * Drives the run until it is over, on the calling thread.
   *
   * @param signals as {@link RunSession} has it; asked before any task is submitted
   */
  ExitCode of(Path directory, BiConsumer<Consumer<StopReason>, Runnable> signals)
      throws IOException {
    long start = System.nanoTime();
    RunNotes notes = RunNotes.read(directory);
    CompletionRelay relay = new CompletionRelay();
    TaskList tasks = tasks(directory, notes, relay);
    RunRequest request =
        new RunRequest(
            show.site.name(),
            settings,
            Optional.of(directory),
            directory.getFileName().toString(),
            Path.of(notes.directory()),
            tasks.count(),
            true,
            onlyToEnd,
            List.of());
    long cancelsBefore = CancelRequests.told(request.directory());
    try (Ensemble ensemble = engine.open(request, relay)) {
      return new RunSession(console, show, cancelsBefore, System::nanoTime, signals)
          .run(tasks, ensemble, relay, start);
    }
  }

  private TaskList tasks(Path directory, RunNotes notes, CompletionRelay relay) throws IOException {
    SiteTerms terms = engine.terms(show.site.name(), settings, Optional.of(directory));
    TaskDefaults defaults = notes.defaults(terms, relay);
    try {
      return TaskInput.kept(directory, notes).read(console.in(), defaults);
    } catch (InvalidTasksException e) {
      throw StopException.usage(directory + ": its tasks cannot be read\n" + e.getMessage());
    }
  }
}
