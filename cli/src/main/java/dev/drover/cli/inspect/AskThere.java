package dev.drover.cli.inspect;

import dev.drover.headnode.CommandResult;
import dev.drover.remote.RemoteRunFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the run's own drover on its head node, which has the attempts, blocks and managers of the
 * run in its journal. What cannot be asked is told in a line on stderr.
 */
final class AskThere {
  private final PrintStream notes;

  AskThere(PrintStream notes) {
    this.notes = notes;
  }

  /**
   * What {@code drover explain} says there.
   *
   * @param task empty = the whole run
   * @return empty = the run is here, or it cannot be asked: what is known here is all there is
   */
  Optional<String> explain(RunView here, Optional<TaskView> task, boolean json) {
    Optional<RemoteRunFiles> there = RunThere.of(here.directory());
    if (there.isEmpty()) {
      return Optional.empty();
    }
    try (RemoteRunFiles run = there.get()) {
      List<String> words = new ArrayList<>(List.of("explain", run.directory().toString()));
      task.ifPresent(each -> words.add(each.id().toString()));
      words.addAll(List.of("--asked-from", absolute(here.directory()).toString()));
      if (json) {
        words.add("--json");
      }
      CommandResult answer = run.drover(words);
      if (answer.succeeded()) {
        say(
            "as %s has it, in %s%s"
                .formatted(
                    run.host(),
                    run.directory(),
                    // Where the run has ended there, the answer itself says how to go on.
                    !answer.stdout().contains("drover resume ") && isLeft(here)
                        ? "; no process here hears of it: drover resume "
                            + here.directory()
                            + " goes on"
                        : ""));
        return Optional.of(answer.stdout());
      }
      unknown(run.host(), answer.timedOut() ? "no answer in time" : answer.stderr());
    } catch (IOException e) {
      unknown(there.get().host(), String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static boolean isLeft(RunView here) {
    return !here.isLive() && here.tasks().anyMatch(task -> task.end().isEmpty());
  }

  private void unknown(String host, String why) {
    say(
        "this is what is known here, nothing of attempts, blocks and managers: %s cannot be asked (%s)"
            .formatted(
                host, why.strip().lines().findFirst().orElse("no answer").replace("drover: ", "")));
  }

  private void say(String text) {
    notes.println("drover: " + text);
  }
}
