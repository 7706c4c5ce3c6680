package dev.drover.journal;

import dev.drover.journal.JournalEntry.TasksAccepted;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes the keys of an {@code accepted} line: what the tasks are. The function of a Java task is
 * left out: it may be large, and only the program that made it can make it again. Used by one
 * thread.
 */
final class AcceptedEncoder implements TaskWork.Cases<Void> {
  private static final byte[] ID = JournalEncoder.key("id");
  private static final byte[] COUNT = JournalEncoder.key("n");
  private static final byte[] INDEX = JournalEncoder.key("i");
  private static final byte[] NAME = JournalEncoder.key("name");
  private static final byte[] ARGV = JournalEncoder.key("argv");
  private static final byte[] COMMAND_LINE = JournalEncoder.key("line");
  private static final byte[] JAVA = JournalEncoder.key("java");
  private static final byte[] CWD = JournalEncoder.key("cwd");
  private static final byte[] ENV = JournalEncoder.key("env");
  private static final byte[] STDIN = JournalEncoder.key("stdin");
  private static final byte[] STDOUT = JournalEncoder.key("stdout");
  private static final byte[] STDERR = JournalEncoder.key("stderr");
  private static final byte[] CORES = JournalEncoder.key("cores");
  private static final byte[] ACCELERATORS = JournalEncoder.key("acc");
  private static final byte[] MEMORY = JournalEncoder.key("mem");
  private static final byte[] NODES = JournalEncoder.key("nodes");
  private static final byte[] RANKS = JournalEncoder.key("ranks");
  private static final byte[] LAUNCHER_OPTIONS = JournalEncoder.key("launch");
  private static final byte[] LIMIT = JournalEncoder.key("limit");
  private static final byte[] PRIORITY = JournalEncoder.key("prio");
  private static final byte[] RETRIES = JournalEncoder.key("retries");
  private static final byte[] LOSS_LIMIT = JournalEncoder.key("losses");

  private final JsonBytes to;

  AcceptedEncoder(JsonBytes to) {
    this.to = to;
  }

  void encode(TasksAccepted entry) {
    TaskSpec spec = entry.spec();
    to.raw(ID).number(entry.firstId().value());
    number(COUNT, entry.count(), 1);
    number(INDEX, entry.firstIndex(), -1);
    if (!spec.name().isEmpty()) {
      to.raw(NAME).string(spec.name());
    }
    spec.work().match(this);
    resources(spec.resources());
    if (!spec.launcherOptions().isEmpty()) {
      to.raw(LAUNCHER_OPTIONS).string(spec.launcherOptions());
    }
    if (!spec.timeout().isZero()) {
      to.raw(LIMIT).string(spec.timeout().toString());
    }
    options(entry.options());
  }

  @Override
  public Void shell(TaskWork.Shell work) {
    if (work.commandLine()) {
      to.raw(COMMAND_LINE).string(work.argv().get(0));
    } else {
      to.raw(ARGV);
      strings(work.argv());
    }
    file(CWD, work.cwd());
    if (!work.env().isEmpty()) {
      to.raw(ENV);
      variables(work.env());
    }
    file(STDIN, work.stdin());
    file(STDOUT, work.stdout());
    file(STDERR, work.stderr());
    return null;
  }

  @Override
  public Void java(TaskWork.Java work) {
    to.raw(JAVA).string(work.isolation().name());
    return null;
  }

  private void resources(ResourceRequest request) {
    if (!request.isOneSlot()) {
      decimal(CORES, request.cores());
      decimal(ACCELERATORS, request.accelerators());
      number(MEMORY, request.memoryBytes(), 0);
      number(NODES, request.nodes(), 0);
      number(RANKS, request.ranksPerNode(), 0);
    }
  }

  private void options(TaskOptions options) {
    number(PRIORITY, options.priority(), TaskOptions.DEFAULT.priority());
    decimal(RETRIES, options.retries());
    number(LOSS_LIMIT, options.lossLimit(), TaskOptions.DEFAULT.lossLimit());
  }

  private void strings(List<String> values) {
    char separator = '[';
    for (int i = 0; i < values.size(); i++) {
      to.raw(separator).string(values.get(i));
      separator = ',';
    }
    to.raw(']');
  }

  /**
   * As pairs, for readers refuse keys of an object that are no valid Unicode; in the order of their
   * names, so that the same task always gives the same line.
   */
  private void variables(Map<String, String> env) {
    Map<String, String> sorted = env.size() == 1 ? env : new TreeMap<>(env);
    char separator = '[';
    for (Map.Entry<String, String> variable : sorted.entrySet()) {
      to.raw(separator).raw('[').string(variable.getKey());
      to.raw(',').string(variable.getValue()).raw(']');
      separator = ',';
    }
    to.raw(']');
  }

  private void file(byte[] key, Optional<String> file) {
    if (file.isPresent()) {
      to.raw(key).string(file.get());
    }
  }

  private void number(byte[] key, long value, long none) {
    if (value != none) {
      to.raw(key).number(value);
    }
  }

  private void decimal(byte[] key, double value) {
    if (value != 0) {
      to.raw(key).decimal(value);
    }
  }
}
