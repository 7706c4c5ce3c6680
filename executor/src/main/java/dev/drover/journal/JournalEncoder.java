package dev.drover.journal;

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
import dev.drover.task.TaskOutcome;
import java.nio.charset.StandardCharsets;

/**
 * Entry to line. Writes each entry as one JSON object and a newline; a value that says nothing
 * (empty, "none", "unknown") is left out. Used by one thread.
 */
final class JournalEncoder implements JournalEntry.Cases<Void> {
  private static final byte[] ID = key("id");
  private static final byte[] ATTEMPT = key("try");
  private static final byte[] END = key("end");
  private static final byte[] WALLTIME = key("walltime");
  private static final byte[] EXIT = key("exit");
  private static final byte[] SIGNAL = key("sig");
  private static final byte[] MESSAGE = key("msg");
  private static final byte[] STARTED = key("t0");
  private static final byte[] ENDED = key("t1");
  private static final byte[] CPU = key("cpu");
  private static final byte[] MEMORY = key("mem");
  private static final byte[] WORKER = key("w");
  private static final byte[] HOST = key("host");
  private static final byte[] MANAGER = key("mgr");
  private static final byte[] BLOCK = key("blk");
  private static final byte[] COST = key("cost");
  private static final byte[] LOST = key("lost");
  private static final byte[] STDOUT = key("out");
  private static final byte[] STDERR = key("err");
  private static final byte[] TAIL = key("tail");
  private static final byte[] TIME = key("time");
  private static final byte[] VERSION = key("v");
  private static final byte[] RUN = key("run");
  private static final byte[] RESUMED = key("resumed");
  private static final byte[] JOB = key("job");
  private static final byte[] DIRECTORY = key("dir");
  private static final byte[] SLOTS = key("slots");
  private static final byte[] HOW = key("how");
  private static final byte[] ABANDONED = key("abandoned");
  private static final byte[] TRUE = ascii("true");

  /** How every journal begins. */
  static final byte[] RUN_STARTED = open("run");

  static final byte[] TASKS_ACCEPTED = open("accepted");
  static final byte[] TASK_FINISHED = open("done");
  static final byte[] ATTEMPT_ENDED = open("attempt");
  private static final byte[] BLOCK_CHANGED = open("block");
  private static final byte[] MANAGER_JOINED = open("joined");
  private static final byte[] MANAGER_LEFT = open("left");
  private static final byte[] RUN_ENDED = open("ended");
  private static final byte[] CLOSE = ascii("}\n");

  private final JsonBytes to;
  private final AcceptedEncoder accepted;

  JournalEncoder(JsonBytes to) {
    this.to = to;
    accepted = new AcceptedEncoder(to);
  }

  void encode(JournalEntry entry) {
    entry.match(this);
    to.raw(CLOSE);
  }

  @Override
  public Void runStarted(RunStarted entry) {
    to.raw(RUN_STARTED);
    text(VERSION, entry.version().toString());
    text(TIME, entry.time().toString());
    text(RUN, entry.runId());
    if (entry.resumed()) {
      to.raw(RESUMED).raw(TRUE);
    }
    return null;
  }

  @Override
  public Void tasksAccepted(TasksAccepted entry) {
    to.raw(TASKS_ACCEPTED);
    accepted.encode(entry);
    return null;
  }

  @Override
  public Void taskFinished(TaskFinished entry) {
    TaskReport report = entry.report();
    TaskOutcome outcome = report.outcome();
    to.raw(TASK_FINISHED);
    to.raw(ID).number(outcome.id().value());
    to.raw(ATTEMPT).number(outcome.attempt());
    ending(outcome.ending());
    number(EXIT, outcome.exitCode(), -1);
    number(SIGNAL, outcome.signal(), 0);
    number(STARTED, outcome.startedMicros(), 0);
    to.raw(ENDED).number(outcome.endedMicros());
    number(CPU, outcome.cpuMicros(), -1);
    number(MEMORY, outcome.peakMemoryBytes(), -1);
    text(HOST, report.host());
    text(MANAGER, report.manager());
    text(BLOCK, report.block());
    number(WORKER, outcome.worker(), -1);
    number(LOST, report.lostAttempts(), 0);
    range(STDOUT, outcome.stdout());
    range(STDERR, outcome.stderr());
    text(MESSAGE, outcome.message());
    text(TAIL, outcome.tail());
    return null;
  }

  @Override
  public Void attemptEnded(AttemptEnded entry) {
    to.raw(ATTEMPT_ENDED);
    to.raw(ID).number(entry.id().value());
    to.raw(ATTEMPT).number(entry.attempt());
    ending(entry.ending());
    number(EXIT, entry.exitCode(), -1);
    number(SIGNAL, entry.signal(), 0);
    number(STARTED, entry.startedMicros(), 0);
    to.raw(ENDED).number(entry.endedMicros());
    text(HOST, entry.host());
    text(MANAGER, entry.manager());
    text(BLOCK, entry.block());
    number(WORKER, entry.worker(), -1);
    if (entry.cost() != 0) {
      to.raw(COST).decimal(entry.cost());
    }
    text(MESSAGE, entry.reason());
    return null;
  }

  @Override
  public Void blockChanged(BlockChanged entry) {
    to.raw(BLOCK_CHANGED);
    text(TIME, entry.time().toString());
    text(BLOCK, entry.blockId());
    text(JOB, entry.jobId());
    text(HOW, entry.phase().name());
    text(DIRECTORY, entry.directory());
    text(MESSAGE, entry.reason());
    return null;
  }

  @Override
  public Void managerJoined(ManagerJoined entry) {
    to.raw(MANAGER_JOINED);
    text(TIME, entry.time().toString());
    text(MANAGER, entry.managerId());
    text(HOST, entry.host());
    text(BLOCK, entry.block());
    to.raw(SLOTS).number(entry.slots());
    return null;
  }

  @Override
  public Void managerLeft(ManagerLeft entry) {
    to.raw(MANAGER_LEFT);
    text(TIME, entry.time().toString());
    text(MANAGER, entry.managerId());
    text(MESSAGE, entry.reason());
    return null;
  }

  @Override
  public Void runEnded(RunEnded entry) {
    to.raw(RUN_ENDED);
    text(TIME, entry.time().toString());
    // A reader that does not know of abandoned runs takes it for an interrupted one.
    boolean abandoned = entry.how() == RunEnd.ABANDONED;
    text(HOW, (abandoned ? RunEnd.INTERRUPTED : entry.how()).name());
    if (abandoned) {
      to.raw(ABANDONED).raw(TRUE);
    }
    text(MESSAGE, entry.reason());
    return null;
  }

  /** A reader that does not know of walltimes takes such an end for a lost manager's. */
  private void ending(Ending ending) {
    if (ending == Ending.WALLTIME) {
      text(END, Ending.MANAGER_LOST.name());
      to.raw(WALLTIME).raw(TRUE);
    } else {
      text(END, ending.name());
    }
  }

  private void number(byte[] key, long value, long none) {
    if (value != none) {
      to.raw(key).number(value);
    }
  }

  private void text(byte[] key, String value) {
    if (!value.isEmpty()) {
      to.raw(key).string(value);
    }
  }

  private void range(byte[] key, OutputRange range) {
    if (!range.equals(OutputRange.NOTHING)) {
      to.raw(key).raw('[').string(range.file());
      to.raw(',').number(range.offset()).raw(',').number(range.length()).raw(']');
    }
  }

  private static byte[] open(String type) {
    return ascii("{\"t\":\"" + type + "\"");
  }

  static byte[] key(String name) {
    return ascii(",\"" + name + "\":");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
