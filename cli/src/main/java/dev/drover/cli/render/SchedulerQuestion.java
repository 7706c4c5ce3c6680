package dev.drover.cli.render;

import dev.drover.block.BlockId;
import dev.drover.cli.console.StopException;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.job.JobId;
import dev.drover.journal.RunDirectory;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import dev.drover.site.Site;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Asks a site's scheduler whether it would take a block's job. The script is written to a directory
 * of its own beside where the run directory would lie, so that the scheduler sees it as it would
 * see the run's; the directory stays only when the scheduler refuses it, to be looked at.
 *
 * @param parent where run directories lie
 * @param schedulers speaks to the one of a site
 */
record SchedulerQuestion(Site site, Path parent, BlockId block, Schedulers schedulers) {
  /** Makes providers. */
  @FunctionalInterface
  interface Schedulers {
    /** Those of this build, on this machine. */
    Schedulers HERE = settings -> Providers.of(settings, new LocalHeadNode());

    Provider of(ProviderSettings settings) throws ScriptRenderException;
  }

  /**
   * What came of it.
   *
   * @param standing what is known now
   * @param words of the scheduler, or why it was not asked
   */
  record Answer(Standing standing, String words) {}

  /** Whether the scheduler would take the job. */
  enum Standing {
    /** It would. */
    TAKES,
    /** It would not. */
    REFUSES,
    /** It could not be asked now: an outage, a timeout, a lost answer. */
    UNANSWERED,
    /** There is no way to ask it. */
    CANNOT_BE_ASKED;

    /** As JSON has it. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Asks.
   *
   * @throws StopException when no directory or no script can be made
   */
  Answer ask() {
    boolean parentWasThere = Files.exists(parent);
    // A name that comes before those of runs, so that it is never taken for the newest one.
    Path directory;
    try {
      Files.createDirectories(parent);
      directory = Files.createTempDirectory(parent, ".test-");
    } catch (IOException e) {
      throw StopException.infrastructure(
          "no directory for the test can be made in "
              + parent
              + ": "
              + e
              + "\n  fix: name another place by --run-dir",
          e);
    }
    Answer answer = ask(directory);
    if (answer.standing() == Standing.TAKES || answer.standing() == Standing.CANNOT_BE_ASKED) {
      remove(directory);
      if (!parentWasThere) {
        removeIfEmpty(parent);
      }
    }
    return answer;
  }

  private Answer ask(Path directory) {
    Rendering rendering = Rendering.of(site, RunDirectory.planned(directory), block);
    String name = rendering.provider().name();
    Provider provider;
    try {
      provider = schedulers.of(rendering.provider());
    } catch (ScriptRenderException e) {
      throw StopException.usage(e.getMessage());
    }
    try {
      return provider
          .test(rendering.job())
          .map(words -> new Answer(Standing.TAKES, words.strip()))
          .orElseGet(
              () ->
                  new Answer(
                      Standing.CANNOT_BE_ASKED,
                      "provider "
                          + name
                          + " cannot be asked whether it would take a job\n"
                          + "  fix: look at the script, and run one task: drover run --site … -- true"));
    } catch (InvalidJobException e) {
      return new Answer(Standing.REFUSES, e.getMessage());
    } catch (SubmitException e) {
      return new Answer(
          Standing.UNANSWERED,
          e.isUnanswered() ? e.getMessage() + withdrawn(provider, rendering) : e.getMessage());
    }
  }

  /** Where the answer was lost, a job that was held only to ask may wait in the queue. */
  private static String withdrawn(Provider provider, Rendering rendering) {
    try {
      Optional<JobId> held = provider.find(rendering.job());
      held.ifPresent(id -> provider.cancel(Set.of(id)));
      return held.map(id -> "\n  job " + id + ", held to ask, was cancelled").orElse("");
    } catch (StatusUnavailableException e) {
      return ""; // the message says what to look for
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A job held for the test may still write there; nothing depends on it.
    }
  }

  private static void removeIfEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // A run has begun there meanwhile.
    }
  }
}
