package dev.drover.cli.inspect;

import dev.drover.cli.console.StopException;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.remote.RemoteRunFiles;
import dev.drover.remote.SentFiles;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the files of a run whose interchange is on a head node. */
final class RunThere {
  private RunThere() {}

  /**
   * Those of the run that this run directory submits to; nothing is connected yet.
   *
   * @return empty = it is a run of this machine
   */
  static Optional<RemoteRunFiles> of(Path runDirectory) {
    Path directory = runDirectory.toAbsolutePath().normalize();
    Path site = directory.resolve("site.properties");
    try {
      // Reading a site takes longer than most commands, and most runs are here.
      if (!Files.exists(site) || !Files.readString(site).contains("headnode.url")) {
        return Optional.empty();
      }
      return RemoteRunFiles.of(
          new SiteReader(System.getenv()).read(site.toString(), List.of(), List.of()),
          directory.getFileName().toString(),
          SentFiles.wereSent(directory),
          new ConsolePrompt());
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    } catch (IOException e) {
      throw StopException.infrastructure(site + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
