package dev.drover.cli.render;

import dev.drover.block.BlockId;
import dev.drover.cli.console.StopException;
import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import dev.drover.job.JobId;
import dev.drover.journal.RunDirectory;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.Provider;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.provider.StatusUnavailableException;
import dev.drover.provider.SubmitException;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Asks a site's scheduler whether it would take a block's job. The script is written to a directory
 * of its own beside where the run directory would lie, so that the scheduler sees it as it would
 * see the run's; the directory stays only when the scheduler refuses it, to be looked at.
 *
 * @param parent where run directories lie on the head node; a relative one is in the user's home
 * @param schedulers speaks to the one of a site
 */
record SchedulerQuestion(
    Site site, Path parent, BlockId block, Schedulers schedulers, HeadNode headNode) {
  /**
   * Makes the directory {@code $1} and a new one in it; says first whether the former was there.
   */
  private static final String MAKE =
      """
      cd 2>/dev/null; if [ -d "$1" ]; then echo there; else echo made; fi &&
      mkdir -p -- "$1" && cd -- "$1" && d=$(mktemp -d "$PWD/.test-XXXXXXXXXX") && printf '%s' "$d"
      """;

  /** Removes the directory {@code $1}, and the one above it where it was {@code made} for this. */
  private static final String REMOVE =
      "rm -rf -- \"$1\"; [ \"$2\" = there ] || rmdir -- \"${1%/*}\" 2>/dev/null; :";

  /** Makes providers. */
  @FunctionalInterface
  interface Schedulers {
    /** Those of this build. */
    Schedulers SHIPPED = Providers::of;

    Provider of(ProviderSettings settings, HeadNode headNode) throws ScriptRenderException;
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
    // A name that comes before those of runs, so that it is never taken for the newest one.
    String[] made = onHeadNode(MAKE, parent.toString()).split("\n", 2);
    Answer answer = ask(Path.of(made[1]));
    if (answer.standing() == Standing.TAKES || answer.standing() == Standing.CANNOT_BE_ASKED) {
      // A job held for the test may still write there; nothing depends on it.
      onHeadNode(REMOVE, made[1], made[0]);
    }
    return answer;
  }

  private String onHeadNode(String script, String... words) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "drover-test"));
    argv.addAll(List.of(words));
    String problem;
    try {
      CommandResult result =
          headNode.run(Command.of(site.get(SiteKeys.PROVIDER_COMMAND_TIMEOUT), argv));
      if (result.succeeded()) {
        return result.stdout();
      }
      problem = result.timedOut() ? "no answer in time" : result.stderr().strip();
    } catch (IOException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    }
    throw StopException.infrastructure(
        "no directory for the test can be made in "
            + parent
            + " on "
            + headNode.host()
            + ": "
            + problem
            + "\n  fix: name another place by --run-dir",
        null);
  }

  private Answer ask(Path directory) {
    Rendering rendering = Rendering.of(site, RunDirectory.planned(directory), block);
    String name = rendering.provider().name();
    Provider provider;
    try {
      provider = schedulers.of(rendering.provider(), headNode);
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
}
