package dev.drover.cli.run;

import dev.drover.cli.console.StopException;
import dev.drover.cli.inspect.EndingText;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskSpec;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Writes GNU parallel's job log: one line for each ended task, tabs between the fields. Seq is the
 * task's place in its source, from 1. Any thread.
 */
final class JobLog implements AutoCloseable {
  private static final String HEADER =
      "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

  /** Writes nothing. */
  static final JobLog NONE = new JobLog(null, null);

  private final Path file;
  private final BufferedWriter writer;
  private IOException failure;

  private JobLog(Path file, BufferedWriter writer) {
    this.file = file;
    this.writer = writer;
  }

  /**
   * Opens the file.
   *
   * @param append whether to go on at its end, when a run is continued
   */
  static JobLog open(Path file, boolean append) {
    try {
      boolean going = append && Files.exists(file) && Files.size(file) > 0;
      BufferedWriter writer =
          Files.newBufferedWriter(
              file,
              StandardCharsets.UTF_8,
              StandardOpenOption.CREATE,
              going ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      if (!going) {
        writer.write(HEADER);
      }
      return new JobLog(file, writer);
    } catch (IOException e) {
      throw StopException.usage(
          "--jobs-log "
              + file
              + ": cannot be written ("
              + e.getClass().getSimpleName()
              + ")\n  fix: name a file in a directory that exists and is yours");
    }
  }

  synchronized void add(TaskReport report, TaskSpec spec, long sequence) {
    if (writer == null || failure != null) {
      return;
    }
    TaskOutcome outcome = report.outcome();
    StringBuilder line = new StringBuilder(96);
    line.append(sequence).append('\t');
    line.append(report.host().isEmpty() ? ":" : report.host()).append('\t');
    seconds(line, outcome.startedMicros()).append('\t');
    seconds(line, outcome.durationMicros()).append("\t0\t");
    line.append(outcome.stdout().length()).append('\t');
    line.append(exitValue(outcome)).append('\t').append(outcome.signal()).append('\t');
    line.append(EndingText.command(spec).replace('\n', ' ')).append('\n');
    try {
      writer.write(line.toString());
    } catch (IOException e) {
      failure = e;
    }
  }

  /**
   * 0 is for tasks that succeeded, and for signals as GNU parallel has it: what was cancelled or
   * timed out did not succeed, however its process ended.
   */
  private static int exitValue(TaskOutcome outcome) {
    if (outcome.signal() > 0) {
      return 0;
    }
    return outcome.exitCode() == 0 && !outcome.ending().isSuccess() ? -1 : outcome.exitCode();
  }

  private static StringBuilder seconds(StringBuilder line, long micros) {
    long millis = (micros + 500) / 1000;
    String whole = Long.toString(millis / 1000);
    line.append(" ".repeat(Math.max(0, 6 - whole.length()))).append(whole).append('.');
    long rest = millis % 1000;
    return line.append(rest < 10 ? "00" : rest < 100 ? "0" : "").append(rest);
  }

  /** Pushes out what was written, so that others can read along. */
  synchronized void flush() {
    if (writer != null && failure == null) {
      try {
        writer.flush();
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  /** What went wrong with the file, told once at the end. */
  synchronized Optional<String> problem() {
    return failure == null
        ? Optional.empty()
        : Optional.of("the jobs log " + file + " is not complete: " + failure.getMessage());
  }

  @Override
  public synchronized void close() {
    flush();
    if (writer != null) {
      try {
        writer.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
  }
}
