package dev.drover.cli.run;

import dev.drover.site.SiteCatalogue;
import dev.drover.site.SiteFolders;
import java.util.Iterator;

/** The names of sites, for the shell to complete. */
public final class SiteWords implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return new SiteCatalogue(SiteFolders.ofThisProcess(System.getenv())).names().iterator();
  }
}
