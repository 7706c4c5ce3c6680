package dev.drover.cli.run;

import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.Figures;
import dev.drover.cli.inspect.EndingText;
import dev.drover.cli.inspect.JsonText;
import dev.drover.submit.TaskReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a run says at its end, for a person and for a program.
 *
 * @param endedBefore tasks that an earlier process of this run had ended
 * @param failures the first few
 * @param neverRun tasks that never ran, by name, with the one each waited for
 * @param badState why the engine gave up
 */
record Summary(
    ExitCode exitCode,
    Tally tally,
    long endedBefore,
    Duration wall,
    Optional<StopReason> stopped,
    List<FailedTask> failures,
    Map<String, String> neverRun,
    Optional<String> badState,
    Path runDirectory) {
  private static final int COMMAND_LENGTH = 160;
  private static final int TAIL_LINES = 8;
  private static final int NEVER_RUN_NAMED = 3;

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("drover: " + headline());
    badState.ifPresent(reason -> reason.lines().forEach(line -> lines.add("  " + line)));
    for (FailedTask failure : failures) {
      lines.add("");
      addFailure(lines, failure);
    }
    long more = tally.failed() - failures.size();
    if (more > 0) {
      lines.add("");
      lines.add("… and " + Figures.count(more) + " more: drover logs --failed " + runDirectory);
    }
    addNeverRun(lines);
    if (!failures.isEmpty() || !neverRun.isEmpty()) {
      lines.add("");
    }
    lines.add("run directory: " + runDirectory);
    if (tally.open() > 0 || tally.cancelled() > 0) {
      lines.add("to go on:      drover resume " + runDirectory);
    }
    return String.join("\n", lines);
  }

  private String headline() {
    StringBuilder text = new StringBuilder();
    stopped.ifPresent(reason -> text.append(reason.words()).append(": "));
    if (tally.succeeded() == tally.total()) {
      text.append(
          tally.total() == 1
              ? "1 task done"
              : "all " + Figures.count(tally.total()) + " tasks done");
    } else {
      text.append(Figures.count(tally.succeeded())).append(" of ");
      text.append(Figures.count(tally.total(), "task")).append(" done");
      add(text, tally.failed(), "failed");
      add(text, tally.dependencyFailed(), "not run because a task before them failed");
      add(text, tally.cancelled(), "cancelled");
      add(text, tally.open(), "left");
    }
    text.append(" in ").append(Figures.time(wall)).append(" (");
    long ended = tally.ended() - endedBefore;
    if (ended > 0) {
      text.append(Figures.rate(ended / Math.max(0.001, wall.toMillis() / 1000.0))).append(", ");
    }
    text.append("cpu time ");
    text.append(Figures.time(Duration.ofNanos(tally.cpuMicros() * 1000))).append(")");
    if (endedBefore > 0) {
      text.append("; ").append(Figures.count(endedBefore)).append(" had ended before");
    }
    return text.toString();
  }

  private static void add(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(", ").append(Figures.count(count)).append(' ').append(what);
    }
  }

  private static void addFailure(List<String> lines, FailedTask failure) {
    TaskReport report = failure.report();
    lines.add(
        EndingText.title(report.id(), failure.spec().name(), failure.index())
            + ": "
            + EndingText.full(report));
    String command = EndingText.command(failure.spec());
    if (!command.isEmpty()) {
      lines.add("  command: " + Figures.shortened(command, COMMAND_LENGTH));
    }
    report.outcome().message().lines().forEach(line -> lines.add("  " + line));
    List<String> tail = report.outcome().tail().lines().toList();
    tail.subList(Math.max(0, tail.size() - TAIL_LINES), tail.size())
        .forEach(line -> lines.add("  | " + line));
    EndingText.mend(report).ifPresent(mend -> lines.add("  fix: " + mend));
  }

  private void addNeverRun(List<String> lines) {
    if (neverRun.isEmpty()) {
      return;
    }
    lines.add("");
    neverRun.entrySet().stream()
        .limit(NEVER_RUN_NAMED)
        .forEach(
            entry ->
                lines.add(
                    "task \""
                        + entry.getKey()
                        + "\": not run, it comes after \""
                        + entry.getValue()
                        + "\""));
    if (neverRun.size() > NEVER_RUN_NAMED) {
      lines.add(
          "… and "
              + Figures.count(neverRun.size() - NEVER_RUN_NAMED)
              + " more that come after failed tasks");
    }
  }

  String json() {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "run");
          out.writeNumberField("exit_code", exitCode.status());
          out.writeStringField("run_directory", runDirectory.toString());
          if (stopped.isPresent()) {
            out.writeStringField("stopped", stopped.get().name().toLowerCase(Locale.ROOT));
          }
          if (badState.isPresent()) {
            out.writeStringField("reason", badState.get());
          }
          out.writeNumberField("tasks", tally.total());
          out.writeNumberField("succeeded", tally.succeeded());
          out.writeNumberField("failed", tally.failed());
          out.writeNumberField("dependency_failed", tally.dependencyFailed());
          out.writeNumberField("cancelled", tally.cancelled());
          out.writeNumberField("left", tally.open());
          out.writeNumberField("ended_before", endedBefore);
          out.writeNumberField("wall_seconds", wall.toMillis() / 1000.0);
          out.writeNumberField("cpu_seconds", tally.cpuMicros() / 1e6);
          out.writeArrayFieldStart("first_failures");
          for (FailedTask failure : failures) {
            JsonText.end(out, failure.report(), failure.spec(), failure.index());
          }
          out.writeEndArray();
        });
  }
}
