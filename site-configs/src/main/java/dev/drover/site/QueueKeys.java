package dev.drover.site;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registry's family of keys about a site's queues: {@code queue.<name>.<attribute>}, one set of
 * attributes for each queue. A key here has {@code <name>} in its name; a file's key has the
 * queue's.
 *
 * <p>A queue is a set of limits under a name. Most are queues of the scheduler under that name; a
 * class of jobs behind a routing queue, a bin of a partition or a quality of service says in {@code
 * submit-to} and {@code qos} how it is asked for.
 */
public final class QueueKeys {
  /** What stands for the queue's name in a key of the family. */
  public static final String PLACEHOLDER = "<name>";

  private static final String SECTION = "queue.";
  private static final Pattern INSTANCE =
      Pattern.compile("queue\\.([A-Za-z0-9][A-Za-z0-9_.-]*)\\.([a-z-]+)");
  private static final KeySection QUEUE = new KeySection();

  public static final Key<Integer> MIN_NODES =
      number("min-nodes", 1, 1, "nodes", "nodes of a job, at least");
  public static final Key<Integer> MAX_NODES =
      number("max-nodes", 0, 0, "nodes", "nodes of a job, at most; 0 = no limit");
  public static final Key<Duration> MIN_WALLTIME =
      time("min-walltime", "walltime of a job, at least; 0 = no limit");
  public static final Key<Duration> MAX_WALLTIME =
      time("max-walltime", "walltime of a job, at most; 0 = no limit");
  public static final Key<Integer> MAX_QUEUED =
      number(
          "max-queued",
          0,
          0,
          "jobs",
          "jobs that a user may have there, queued and running; 0 = no limit");
  public static final Key<Integer> MAX_RUNNING =
      number("max-running", 0, 0, "jobs", "jobs of a user that run at once; 0 = no limit");
  public static final Key<Optional<String>> SUBMIT_TO =
      words(
          "submit-to",
          "the scheduler's queue for its jobs; nothing = the one of its name, or with qos none");
  public static final Key<Optional<String>> QOS =
      words("qos", "the quality of service for its jobs; nothing = as provider.qos says");
  public static final Key<Boolean> AUTO =
      key("auto", KeyType.BOOLEAN, true, "", "whether provider.queue = auto may choose it");
  public static final Key<String> NOTE =
      key("note", KeyType.TEXT, "", "", "one line about it, such as who may use it");

  private QueueKeys() {}

  /** The family's keys, in the order that pages and listings show them. */
  public static List<Key<?>> all() {
    return QUEUE.keys();
  }

  /** The key of one queue, whose name holds that queue's; empty when it is none of the family. */
  static Optional<Key<?>> find(String name) {
    Matcher instance = INSTANCE.matcher(name);
    if (!instance.matches()) {
      return Optional.empty();
    }
    String pattern = name(PLACEHOLDER, instance.group(2));
    for (Key<?> key : QUEUE.keys()) {
      if (key.name().equals(pattern)) {
        return Optional.of(key.named(name));
      }
    }
    return Optional.empty();
  }

  /** The limits of every queue that has a value, in the order that the values come. */
  static List<QueueLimits> limits(Settings settings) {
    Set<String> names = new LinkedHashSet<>();
    for (Key<?> key : settings.keys()) {
      Matcher instance = INSTANCE.matcher(key.name());
      if (instance.matches()) {
        names.add(instance.group(1));
      }
    }
    return names.stream().map(name -> limits(name, settings)).toList();
  }

  private static QueueLimits limits(String name, Settings settings) {
    Optional<String> qos = value(name, QOS, settings);
    Optional<String> queue = value(name, SUBMIT_TO, settings);
    if (queue.isEmpty() && qos.isEmpty()) {
      queue = Optional.of(name);
    }
    return new QueueLimits(
        name,
        queue,
        qos,
        value(name, MIN_NODES, settings),
        value(name, MAX_NODES, settings),
        value(name, MIN_WALLTIME, settings),
        value(name, MAX_WALLTIME, settings),
        value(name, MAX_QUEUED, settings),
        value(name, MAX_RUNNING, settings),
        value(name, AUTO, settings),
        value(name, NOTE, settings));
  }

  private static <T> T value(String queue, Key<T> key, Settings settings) {
    String attribute = key.name().substring(SECTION.length() + PLACEHOLDER.length() + 1);
    Setting<T> setting = settings.get(key.named(name(queue, attribute)));
    return setting == null ? key.defaultValue() : setting.value();
  }

  private static String name(String queue, String attribute) {
    return SECTION + queue + "." + attribute;
  }

  private static Key<Optional<String>> words(String attribute, String doc) {
    return QUEUE.words(name(PLACEHOLDER, attribute), doc);
  }

  private static Key<Duration> time(String attribute, String doc) {
    return key(attribute, KeyType.DURATION, Duration.ZERO, "", doc);
  }

  private static Key<Integer> number(
      String attribute, int min, int defaultValue, String unit, String doc) {
    return QUEUE.number(
        name(PLACEHOLDER, attribute), min, KeySection.MANY, defaultValue, unit, doc);
  }

  private static <T> Key<T> key(
      String attribute, KeyType<T> type, T defaultValue, String unit, String doc) {
    return QUEUE.key(name(PLACEHOLDER, attribute), type, defaultValue, unit, doc);
  }
}
