package dev.drover.cli.runs;

import dev.drover.cli.console.Columns;
import dev.drover.cli.console.Figures;
import dev.drover.cli.inspect.EndingText;
import dev.drover.journal.RunOverview;
import dev.drover.remote.RunFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs as lines for a person. */
final class RunsTable {
  private static final int LONGEST_NOTE = 120;
  private static final List<String> HEADINGS =
      List.of("RUN", "STATE", "TASKS", "ENDED", "FAILED", "SITE", "WRITTEN", "");

  private RunsTable() {}

  /** A line for each run, below the headings; empty when there is none. */
  static String of(RunFolder.Listing listing, List<RunOverview> runs) {
    if (runs.isEmpty()) {
      return "";
    }
    List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
    runs.forEach(run -> rows.add(row(listing, run)));
    return String.join("\n", Columns.of(rows)) + "\n";
  }

  private static List<String> row(RunFolder.Listing listing, RunOverview run) {
    Optional<RunOverview.Counts> counts = run.counts();
    return List.of(
        run.name(),
        state(run),
        counts.map(it -> Figures.count(it.accepted())).orElse("-"),
        counts.map(it -> Figures.count(it.ended())).orElse("-"),
        counts.map(it -> Figures.count(it.failed())).orElse("-"),
        run.site().isEmpty() ? "-" : run.site(),
        run.changed().map(it -> Figures.time(Duration.between(it, listing.now()))).orElse("-"),
        Figures.shortened(note(listing, run), LONGEST_NOTE));
  }

  private static String state(RunOverview run) {
    return switch (run.state()) {
      case LIVE -> "live (pid " + pid(run) + " on " + host(run) + ")";
      case ELSEWHERE -> "on " + host(run) + " (pid " + pid(run) + ")";
      case INTERRUPTED -> "interrupted";
      case ENDED -> EndingText.how(run.end().orElseThrow().how());
      case UNREADABLE -> "unreadable";
    };
  }

  private static String host(RunOverview run) {
    return run.holder().orElseThrow().host();
  }

  private static long pid(RunOverview run) {
    return run.holder().orElseThrow().pid();
  }

  private static String note(RunFolder.Listing listing, RunOverview run) {
    boolean hasBegun = run.counts().isEmpty() || run.counts().get().accepted() > 0;
    return switch (run.state()) {
      case LIVE -> "";
      case ELSEWHERE ->
          "whether it lives cannot be seen from "
              + listing.host()
              + "; if it is gone, delete its file lock";
      case INTERRUPTED ->
          !run.headNode().isEmpty()
              ? "it may go on at " + run.headNode() + ": drover explain asks there"
              : run.changed().isEmpty()
                  ? "it has no journal"
                  : hasBegun ? "" : "no task was accepted";
      case ENDED -> run.end().orElseThrow().reason();
      case UNREADABLE -> run.problem();
    };
  }
}
