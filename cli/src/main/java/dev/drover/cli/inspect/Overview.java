package dev.drover.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Figures;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.protocol.FromClient;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts of a whole run, and its failures by kind. */
record Overview(long succeeded, long failed, long running, long queued, Map<String, Group> groups) {
  private static final int MOST_NAMED = 5;

  private static final class Group {
    private final TaskReport example;
    private final List<String> tasks = new ArrayList<>();
    private long count;

    private Group(TaskReport example) {
      this.example = example;
    }

    private void add(TaskView task) {
      count++;
      if (tasks.size() < MOST_NAMED) {
        tasks.add(task.spec().name().isEmpty() ? task.id().toString() : task.spec().name());
      }
    }
  }

  static Overview of(RunView run) {
    long[] counts = new long[4];
    Map<String, Group> groups = new LinkedHashMap<>();
    run.tasks()
        .forEach(
            task -> {
              boolean failed = task.isFailed();
              counts[
                  task.end().isPresent()
                      ? (failed ? 1 : 0)
                      : task.state() == TaskView.State.ASSIGNED ? 2 : 3]++;
              if (failed) {
                TaskReport end = task.end().orElseThrow();
                TaskOutcome outcome = end.outcome();
                String key =
                    outcome.ending()
                        + " "
                        + outcome.exitCode()
                        + " "
                        + outcome.signal()
                        + " "
                        + end.host();
                groups.computeIfAbsent(key, k -> new Group(end)).add(task);
              }
            });
    return new Overview(counts[0], counts[1], counts[2], counts[3], groups);
  }

  private List<Group> largestFirst() {
    return groups.values().stream().sorted((a, b) -> Long.compare(b.count, a.count)).toList();
  }

  String text(RunView run) {
    StringBuilder text =
        new StringBuilder(run.directory() + (run.isLive() ? ": running" : ": not running"));
    run.end()
        .filter(end -> !run.isLive() && !end.reason().isEmpty())
        .ifPresent(
            end ->
                text.append("\n  it was ")
                    .append(EndingText.how(end.how()))
                    .append(": ")
                    .append(Figures.shortened(end.reason(), 300)));
    text.append("\n  ").append(Figures.count(run.submitted(), "task")).append(": ");
    text.append(Figures.count(succeeded))
        .append(" succeeded, ")
        .append(Figures.count(failed))
        .append(" failed, ");
    if (running > 0) {
      text.append(Figures.count(running)).append(run.isLive() ? " running, " : " cut short, ");
    }
    text.append(Figures.count(queued)).append(run.isLive() ? " not ended" : " left");
    if (run.isLive()) {
      status(run).lines().forEach(line -> text.append("\n  ").append(line));
    }
    for (Group group : largestFirst()) {
      TaskOutcome outcome = group.example.outcome();
      boolean timed = outcome.ending() == Ending.TIMED_OUT;
      text.append("\n  ").append(Figures.count(group.count)).append(" × ");
      text.append(timed ? "timed out" : EndingText.how(outcome));
      text.append(group.example.host().isEmpty() ? "" : " on " + group.example.host());
      text.append(": task")
          .append(group.count == 1 ? " " : "s ")
          .append(String.join(", ", group.tasks));
      text.append(group.count > group.tasks.size() ? ", …" : "");
      EndingText.mend(group.example).ifPresent(mend -> text.append("\n    fix: ").append(mend));
    }
    if (!run.isLive() && running + queued > 0) {
      text.append("\n  to go on: drover resume ").append(run.directory());
    }
    return text.toString();
  }

  /** What the live run says of itself and its managers. */
  private static String status(RunView run) {
    try {
      return "now: " + run.ask(new FromClient.Status());
    } catch (IOException e) {
      return "its managers cannot be told from here: " + e.getMessage();
    }
  }

  String json(RunView run) {
    return JsonText.object(
        out -> {
          out.writeStringField("run_directory", run.directory().toString());
          out.writeBooleanField("live", run.isLive());
          if (!run.isLive() && run.end().isPresent()) {
            RunEnded end = run.end().get();
            out.writeStringField("how", end.how().name().toLowerCase(Locale.ROOT));
            out.writeStringField("reason", end.reason());
          }
          out.writeNumberField("submitted", run.submitted());
          out.writeNumberField("succeeded", succeeded);
          out.writeNumberField("failed", failed);
          out.writeNumberField("running", running);
          out.writeNumberField("queued", queued);
          if (run.isLive()) {
            out.writeStringField("status", status(run));
          }
          out.writeArrayFieldStart("failures");
          for (Group group : largestFirst()) {
            writeGroup(out, group);
          }
          out.writeEndArray();
        });
  }

  private static void writeGroup(JsonGenerator out, Group group) throws IOException {
    TaskOutcome outcome = group.example.outcome();
    out.writeStartObject();
    out.writeNumberField("count", group.count);
    out.writeStringField("ending", outcome.ending().name().toLowerCase(Locale.ROOT));
    out.writeNumberField("exit_code", outcome.exitCode());
    out.writeNumberField("signal", outcome.signal());
    out.writeStringField("host", group.example.host());
    out.writeArrayFieldStart("tasks");
    for (String task : group.tasks) {
      out.writeString(task);
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
