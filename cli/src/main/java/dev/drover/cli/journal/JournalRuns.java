package dev.drover.cli.journal;

import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.Runs;
import dev.drover.journal.JournalException;
import dev.drover.journal.JournalIndex;
import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens runs by their journals. Any thread may use it; what it opens belongs to one.
 *
 * <p>A run that just began may have no journal yet: it has no tasks then. A last line that is torn,
 * by a crash or because it is being written, is left out.
 */
public final class JournalRuns implements Runs {
  @Override
  public RunView open(Path runDirectory) {
    RunDirectory directory = directory(runDirectory);
    // Asked before the journal is read: a run that ends meanwhile is then called live with all its
    // tasks, and not dead with tasks that it would never have run.
    boolean live = isLive(directory);
    try {
      return new JournalRunView(
          directory.path(), live, Optional.of(JournalIndex.open(directory.journal())));
    } catch (NoSuchFileException e) {
      if (live) {
        return new JournalRunView(directory.path(), true, Optional.empty());
      }
      throw StopException.infrastructure(
          directory.path()
              + ": there is no journal, so nothing is known of this run\n"
              + "  fix: put back its journal.jsonl, or run the tasks anew with drover run",
          e);
    } catch (IOException e) {
      throw unreadable(directory.journal(), live, e);
    }
  }

  private static RunDirectory directory(Path path) {
    try {
      return RunDirectory.view(path);
    } catch (RunDirectoryException e) {
      throw switch (e.kind()) {
        case MISSING, NOT_A_DIRECTORY, NOT_A_RUN -> StopException.usage(e.getMessage());
        case IN_USE, NOT_WRITABLE, NO_SPACE, OTHER ->
            StopException.infrastructure(e.getMessage(), e);
      };
    }
  }

  private static boolean isLive(RunDirectory directory) {
    try {
      return directory.holder().isPresent();
    } catch (RunDirectoryException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    }
  }

  /** A journal that cannot be read, or not further. */
  static StopException unreadable(Path journal, boolean live, IOException cause) {
    String text =
        cause instanceof JournalException
            ? cause.getMessage()
            : cause instanceof AccessDeniedException
                ? "the journal cannot be read: Permission denied\n  journal: "
                    + journal
                    + "\n  fix:     ask as the user whose run it is"
                : "the journal cannot be read: "
                    + cause.getMessage()
                    + "\n  journal: "
                    + journal
                    + "\n  fix:     check that the file system is mounted and well";
    return StopException.infrastructure(
        live ? text + "\n  note:    the run is live: ask again before you change anything" : text,
        cause);
  }
}
