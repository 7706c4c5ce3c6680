package dev.drover.cli.engine;

import dev.drover.cli.bundle.OneJar;
import dev.drover.cli.console.StopException;
import dev.drover.cli.run.RunRequest;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.SshHeadNode;
import dev.drover.journal.RunDirectory;
import dev.drover.remote.RemoteRunPlan;
import dev.drover.remote.SentFiles;
import dev.drover.remote.SshInterchange;
import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** What happens on the head node of a run before the run begins. */
final class HeadNodeStart {
  private HeadNodeStart() {}

  /**
   * Reaches the head node, so that a wrong password or host key ends the run at once, and sends the
   * files of {@code --send}. Nothing of the run is started there yet.
   *
   * @param goesOn whether the run had begun before
   * @param notes told what a user who waits should know
   * @return the run's interchange there, not connected; empty = it is in this process
   */
  static Optional<SshInterchange> send(
      RunRequest request, Site site, RunDirectory run, boolean goesOn, Consumer<String> notes)
      throws IOException {
    if (site.get(SiteKeys.HEADNODE_INTERCHANGE) == SiteKeys.InterchangePlace.HERE
        || site.get(SiteKeys.HEADNODE_URL).isEmpty()) {
      if (!request.send().isEmpty()) {
        throw StopException.usage(
            "--send, and the tasks run where the files are\n  fix: leave it out, or name the machine by --site or --head-node");
      }
      return Optional.empty();
    }
    Path jar =
        OneJar.ofThisProcess()
            .orElseThrow(
                () ->
                    new IOException(
                        "this drover does not run from one jar, which a run on a head node needs: use the drover"
                            + " command as it is built, or set headnode.interchange = here"));
    SentFiles sent = sent(request, run, goesOn);
    RemoteRunPlan plan =
        RemoteRunPlan.of(
            site,
            run.path().getFileName().toString(),
            request.tasks() > ExecutorEngine.PLAIN_FILES,
            SentFiles.wereSent(run.path()));
    SshHeadNode node = SiteHeadNode.overSsh(site, new ConsolePrompt()).orElseThrow();
    try {
      node.open();
      if (!sent.isEmpty()) {
        sent.send(node, plan);
      }
      return Optional.of(new SshInterchange(node, jar, run.keys(), plan, notes));
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /** What is to be sent, kept in the run directory. */
  private static SentFiles sent(RunRequest request, RunDirectory run, boolean goesOn)
      throws IOException {
    if (request.send().isEmpty()) {
      return SentFiles.NONE;
    }
    if (goesOn && !SentFiles.wereSent(run.path())) {
      throw StopException.usage(
          run.path()
              + ": this run began without --send, so its tasks start elsewhere\n  fix: leave it out, or begin another run");
    }
    try {
      SentFiles sent = SentFiles.of(request.send());
      sent.keepIn(run.path());
      return sent;
    } catch (IllegalArgumentException e) {
      throw StopException.usage(
          "--send: "
              + e.getMessage().replace("\n", "\n--send: ")
              + "\n  fix: name files that are there and can be read");
    }
  }
}
