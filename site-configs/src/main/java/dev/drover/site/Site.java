package dev.drover.site;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A machine's configuration, resolved and checked: a value for every key. Immutable. */
public final class Site {
  private static final String MASK = "********";

  private final Settings settings;
  private final Map<Key<?>, List<Entry>> layers;
  private final Optional<QueueLimits> queue;
  private final List<String> notes;
  private final List<SiteProblem> gaps;
  private final List<SiteProblem> missing;

  /** Takes settings in the order to be shown, and what the reader has found out. */
  Site(
      Settings settings,
      Map<Key<?>, List<Entry>> layers,
      Optional<QueueLimits> queue,
      List<String> notes,
      List<SiteProblem> gaps,
      List<SiteProblem> missing) {
    this.settings = settings.copy();
    this.layers = Map.copyOf(layers);
    this.queue = queue;
    this.notes = List.copyOf(notes);
    this.gaps = List.copyOf(gaps);
    this.missing = List.copyOf(missing);
  }

  /** The site's name. */
  public String name() {
    return get(SiteKeys.SITE_NAME);
  }

  /** The effective value of a registered key; its default when no layer sets it. */
  public <T> T get(Key<T> key) {
    return setting(key).value();
  }

  /** The effective value as a site file would have it; secrets are masked. */
  public <T> String text(Key<T> key) {
    return key.secret() ? MASK : key.type().print(setting(key).value());
  }

  /** The key and its effective value as a line of a site file; secrets are masked. */
  public String line(Key<?> key) {
    return (key + " = " + escape(text(key))).stripTrailing();
  }

  /** Where the effective value was set. */
  public Origin origin(Key<?> key) {
    return setting(key).origin();
  }

  /** What became of the text on the way to the effective value, for people; mostly empty. */
  public String note(Key<?> key) {
    return setting(key).note();
  }

  /** The keys that have a value: all that have a name of their own, then those of its queues. */
  public Collection<Key<?>> keys() {
    return settings.keys();
  }

  /** What the layers have for a key, the strongest last, which holds; empty = none has any. */
  public List<Entry> entries(Key<?> key) {
    List<Entry> entries = layers.getOrDefault(key, List.of());
    return key.secret()
        ? entries.stream().map(entry -> new Entry(entry.key(), MASK, entry.origin())).toList()
        : List.copyOf(entries);
  }

  /** The site's queues, in the order that its files name them; empty = it tells of none. */
  public List<QueueLimits> queues() {
    return QueueKeys.limits(settings);
  }

  /** The queue whose limits hold for a block; empty = the site tells of none. */
  public Optional<QueueLimits> queue() {
    return queue;
  }

  /**
   * Blocks held at once, at most: {@code provider.max-blocks}, or fewer where the queue lets a user
   * have fewer jobs.
   */
  public int maxBlocks() {
    int most = get(SiteKeys.PROVIDER_MAX_BLOCKS);
    return queue.map(limits -> limits.mostJobs(most)).orElse(most);
  }

  /** What whoever uses the site should know of how it was found, a line each. */
  public List<String> notes() {
    return notes;
  }

  /** What the site's file does not say of itself, and others would like to know. */
  public List<SiteProblem> gaps() {
    return gaps;
  }

  /** What each user must set before a run, and is not set. */
  public List<SiteProblem> missing() {
    return missing;
  }

  /**
   * All effective values, each under a comment that names its origin: a site file that reads back
   * as this site without needing the files it came from. Secrets are masked.
   */
  public String describe() {
    var text =
        new StringBuilder(
            "# The site '" + name() + "' as resolved. Above each value: where it was set.\n");
    for (Key<?> key : settings.keys()) {
      text.append('\n').append(describe(key)).append('\n');
    }
    return text.toString();
  }

  private String describe(Key<?> key) {
    // The bases are already part of this text: extending them again would tie it to their files.
    String start = key.equals(SiteKeys.SITE_EXTENDS) ? "# " : "";
    String note = note(key).isEmpty() ? "" : " (" + note(key) + ")";
    return "# " + origin(key) + note + "\n" + start + line(key);
  }

  private static String escape(String text) {
    return Interpolation.escape(text).replace("\\", "\\\\").replace("\n", "\\n");
  }

  private <T> Setting<T> setting(Key<T> key) {
    return Optional.ofNullable(settings.get(key))
        .orElseThrow(() -> new IllegalArgumentException(key + " is no registered key"));
  }
}
