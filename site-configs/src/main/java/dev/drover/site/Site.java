package dev.drover.site;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A machine's configuration, resolved and checked: a value for every key. Immutable. */
public final class Site {
  private static final String MASK = "********";

  private final Map<Key<?>, Setting<?>> settings;

  /** Takes settings whose values are of their keys' types, in the order to be shown. */
  Site(Map<Key<?>, Setting<?>> settings) {
    this.settings = new LinkedHashMap<>(settings);
  }

  /** The site's name. */
  public String name() {
    return get(SiteKeys.SITE_NAME);
  }

  /** The effective value of a registered key; its default when no layer sets it. */
  public <T> T get(Key<T> key) {
    return setting(key).value();
  }

  /** Where the effective value was set. */
  public Origin origin(Key<?> key) {
    return setting(key).origin();
  }

  /**
   * All effective values, each under a comment that names its origin: a site file that reads back
   * as this site without needing the files it came from. Secrets are masked.
   */
  public String describe() {
    var text =
        new StringBuilder(
            "# The site '" + name() + "' as resolved. Above each value: where it was set.\n");
    for (Key<?> key : settings.keySet()) {
      text.append('\n').append(describe(key)).append('\n');
    }
    return text.toString();
  }

  private <T> String describe(Key<T> key) {
    Setting<T> setting = setting(key);
    String value = key.secret() ? MASK : escape(key.type().print(setting.value()));
    // The bases are already part of this text: extending them again would tie it to their files.
    String start = key.equals(SiteKeys.SITE_EXTENDS) ? "# " : "";
    return "# " + setting.origin() + "\n" + (start + key + " = " + value).stripTrailing();
  }

  private static String escape(String text) {
    return EnvironmentText.escape(text).replace("\\", "\\\\").replace("\n", "\\n");
  }

  @SuppressWarnings("unchecked") // the constructor's contract
  private <T> Setting<T> setting(Key<T> key) {
    return (Setting<T>)
        Optional.ofNullable(settings.get(key))
            .orElseThrow(() -> new IllegalArgumentException(key + " is no registered key"));
  }
}
