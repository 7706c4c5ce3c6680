package dev.drover.cli.run;

import dev.drover.site.Key;
import dev.drover.site.SiteKeys;
import java.util.Iterator;

/** The keys of a site up to their {@code =}, for the shell to complete. */
public final class KeyWords implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return SiteKeys.all().stream()
        .filter(key -> !key.isAboutTheFile())
        .map(key -> key.name() + "=")
        .iterator();
  }

  /** The names of all keys. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return SiteKeys.all().stream().map(Key::name).iterator();
    }
  }
}
