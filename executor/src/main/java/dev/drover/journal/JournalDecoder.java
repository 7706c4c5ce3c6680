package dev.drover.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.journal.JournalEntry.BlockChanged;
import dev.drover.journal.JournalEntry.ManagerJoined;
import dev.drover.journal.JournalEntry.ManagerLeft;
import dev.drover.journal.JournalEntry.RunEnded;
import dev.drover.journal.JournalEntry.RunStarted;
import dev.drover.journal.JournalEntry.TaskFinished;
import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Line to entry. Skips and counts what a newer minor version added. Used by one thread. */
final class JournalDecoder {
  // What could be written must be readable, so the parser's own caps are lifted.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private long skippedEntries;
  private long skippedKeys;

  /** Lines so far whose type this version does not know. */
  long skippedEntries() {
    return skippedEntries;
  }

  /** Keys so far that this version does not know, in lines of a known type. */
  long skippedKeys() {
    return skippedKeys;
  }

  /**
   * Reads one line, given without its newline.
   *
   * @return empty when the line is whole but of an unknown type
   * @throws NewerFormatException it starts a run of a newer major version
   * @throws IOException it is broken; the message says how
   */
  Optional<JournalEntry> decode(byte[] bytes, int from, int length) throws IOException {
    try (JsonParser line = JSON.createParser(bytes, from, length)) {
      if (line.nextToken() != JsonToken.START_OBJECT || !"t".equals(line.nextFieldName())) {
        throw new IOException("a line is an object whose first key is \"t\"");
      }
      line.nextToken();
      Optional<JournalEntry> entry = Optional.ofNullable(body(text(line), line));
      if (line.currentToken() != JsonToken.END_OBJECT || line.nextToken() != null) {
        throw new IOException("the line goes on after its object");
      }
      return entry;
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private JournalEntry body(String type, JsonParser line) throws IOException {
    return switch (type) {
      case "done" -> taskFinished(line);
      case "attempt" -> attemptEnded(line);
      case "accepted" -> tasksAccepted(line);
      case "block" -> blockChanged(line);
      case "joined" -> managerJoined(line);
      case "left" -> managerLeft(line);
      case "run" -> runStarted(line);
      case "ended" -> runEnded(line);
      default -> {
        skippedEntries++;
        while (line.nextFieldName() != null) {
          line.nextToken();
          line.skipChildren();
        }
        yield null;
      }
    };
  }

  private RunStarted runStarted(JsonParser line) throws IOException {
    FormatVersion version = null;
    Instant time = null;
    String run = "";
    boolean resumed = false;
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "v" -> {
          version = FormatVersion.parse(text(line));
          if (!version.isReadable()) {
            throw new NewerFormatException(version);
          }
        }
        case "time" -> time = Instant.parse(text(line));
        case "run" -> run = text(line);
        case "resumed" -> resumed = line.getBooleanValue();
        default -> skip(line);
      }
    }
    return new RunStarted(present(version, "v"), present(time, "time"), run, resumed);
  }

  private TasksAccepted tasksAccepted(JsonParser line) throws IOException {
    AcceptedFields fields = new AcceptedFields();
    for (String key = next(line); key != null; key = next(line)) {
      if (!fields.take(key, line)) {
        skip(line);
      }
    }
    return fields.entry();
  }

  private TaskFinished taskFinished(JsonParser line) throws IOException {
    long id = 0;
    int attempt = 0;
    Ending ending = null;
    boolean walltime = false;
    int exitCode = -1;
    int signal = 0;
    String message = "";
    long started = 0;
    long ended = 0;
    long cpu = -1;
    long memory = -1;
    int worker = -1;
    int lost = 0;
    String host = "";
    String manager = "";
    String block = "";
    OutputRange stdout = OutputRange.NOTHING;
    OutputRange stderr = OutputRange.NOTHING;
    String tail = "";
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "id" -> id = line.getLongValue();
        case "try" -> attempt = line.getIntValue();
        case "end" -> ending = Ending.valueOf(text(line));
        case "walltime" -> walltime = line.getBooleanValue();
        case "exit" -> exitCode = line.getIntValue();
        case "sig" -> signal = line.getIntValue();
        case "msg" -> message = text(line);
        case "t0" -> started = line.getLongValue();
        case "t1" -> ended = line.getLongValue();
        case "cpu" -> cpu = line.getLongValue();
        case "mem" -> memory = line.getLongValue();
        case "w" -> worker = line.getIntValue();
        case "lost" -> lost = line.getIntValue();
        case "host" -> host = text(line);
        case "mgr" -> manager = text(line);
        case "blk" -> block = text(line);
        case "out" -> stdout = range(line);
        case "err" -> stderr = range(line);
        case "tail" -> tail = text(line);
        default -> skip(line);
      }
    }
    TaskOutcome outcome =
        new TaskOutcome(
            new TaskId(id),
            attempt,
            ending(ending, walltime),
            exitCode,
            signal,
            message,
            Payload.EMPTY,
            started,
            ended,
            cpu,
            memory,
            worker,
            stdout,
            stderr,
            tail);
    return new TaskFinished(new TaskReport(outcome, host, manager, block, lost));
  }

  private AttemptEnded attemptEnded(JsonParser line) throws IOException {
    long id = 0;
    int attempt = 0;
    Ending ending = null;
    boolean walltime = false;
    String reason = "";
    String host = "";
    String manager = "";
    String block = "";
    int worker = -1;
    int exitCode = -1;
    int signal = 0;
    long started = 0;
    long ended = 0;
    double cost = 0;
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "id" -> id = line.getLongValue();
        case "try" -> attempt = line.getIntValue();
        case "end" -> ending = Ending.valueOf(text(line));
        case "walltime" -> walltime = line.getBooleanValue();
        case "msg" -> reason = text(line);
        case "host" -> host = text(line);
        case "mgr" -> manager = text(line);
        case "blk" -> block = text(line);
        case "w" -> worker = line.getIntValue();
        case "exit" -> exitCode = line.getIntValue();
        case "sig" -> signal = line.getIntValue();
        case "t0" -> started = line.getLongValue();
        case "t1" -> ended = line.getLongValue();
        case "cost" -> cost = line.getDoubleValue();
        default -> skip(line);
      }
    }
    return new AttemptEnded(
        new TaskId(id),
        attempt,
        ending(ending, walltime),
        reason,
        host,
        manager,
        block,
        worker,
        exitCode,
        signal,
        started,
        ended,
        cost);
  }

  private BlockChanged blockChanged(JsonParser line) throws IOException {
    Instant time = null;
    String block = null;
    String job = "";
    BlockPhase phase = null;
    String directory = "";
    String reason = "";
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "time" -> time = Instant.parse(text(line));
        case "blk" -> block = text(line);
        case "job" -> job = text(line);
        case "how" -> phase = BlockPhase.valueOf(text(line));
        case "dir" -> directory = text(line);
        case "msg" -> reason = text(line);
        default -> skip(line);
      }
    }
    return new BlockChanged(
        present(time, "time"),
        present(block, "blk"),
        job,
        present(phase, "how"),
        directory,
        reason);
  }

  private ManagerJoined managerJoined(JsonParser line) throws IOException {
    Instant time = null;
    String manager = null;
    String host = "";
    String block = "";
    int slots = 0;
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "time" -> time = Instant.parse(text(line));
        case "mgr" -> manager = text(line);
        case "host" -> host = text(line);
        case "blk" -> block = text(line);
        case "slots" -> slots = line.getIntValue();
        default -> skip(line);
      }
    }
    return new ManagerJoined(present(time, "time"), present(manager, "mgr"), host, block, slots);
  }

  private ManagerLeft managerLeft(JsonParser line) throws IOException {
    Instant time = null;
    String manager = null;
    String reason = "";
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "time" -> time = Instant.parse(text(line));
        case "mgr" -> manager = text(line);
        case "msg" -> reason = text(line);
        default -> skip(line);
      }
    }
    return new ManagerLeft(present(time, "time"), present(manager, "mgr"), reason);
  }

  private RunEnded runEnded(JsonParser line) throws IOException {
    Instant time = null;
    RunEnd how = null;
    boolean abandoned = false;
    String reason = "";
    for (String key = next(line); key != null; key = next(line)) {
      switch (key) {
        case "time" -> time = Instant.parse(text(line));
        case "how" -> how = RunEnd.valueOf(text(line));
        case "abandoned" -> abandoned = line.getBooleanValue();
        case "msg" -> reason = text(line);
        default -> skip(line);
      }
    }
    return new RunEnded(
        present(time, "time"), abandoned ? RunEnd.ABANDONED : present(how, "how"), reason);
  }

  private static Ending ending(Ending ending, boolean walltime) throws IOException {
    return walltime ? Ending.WALLTIME : present(ending, "end");
  }

  /** Moves to the next key's value; null at the end of the object. */
  private static String next(JsonParser line) throws IOException {
    String key = line.nextFieldName();
    if (key != null) {
      line.nextToken();
    }
    return key;
  }

  private void skip(JsonParser line) throws IOException {
    skippedKeys++;
    line.skipChildren();
  }

  static String text(JsonParser line) throws IOException {
    if (line.currentToken() != JsonToken.VALUE_STRING) {
      throw new IOException("a string was expected, not " + line.currentToken());
    }
    return line.getText();
  }

  private static OutputRange range(JsonParser line) throws IOException {
    line.nextToken();
    String file = text(line);
    line.nextToken();
    long offset = line.getLongValue();
    line.nextToken();
    long length = line.getLongValue();
    if (line.nextToken() != JsonToken.END_ARRAY) {
      throw new IOException("an output range is [file, offset, length]");
    }
    return new OutputRange(file, offset, length);
  }

  private static <T> T present(T value, String key) throws IOException {
    if (value == null) {
      throw new IOException("key \"" + key + "\" is missing");
    }
    return value;
  }

  /** The line starts a run in a format that this program cannot read. */
  static final class NewerFormatException extends IOException {
    private static final long serialVersionUID = 1;

    NewerFormatException(FormatVersion version) {
      super(
          "the journal has format version %s, and this Drover reads up to %d.x"
              .formatted(version, FormatVersion.CURRENT.major()));
    }
  }
}
