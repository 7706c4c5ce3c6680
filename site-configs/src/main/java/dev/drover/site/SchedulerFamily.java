package dev.drover.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The sites of one scheduler, and the files that say what they have in common. */
record SchedulerFamily(ProviderKeys.ProviderType scheduler) {
  static final String FOLDER = "families/";

  /** Those that are there, the strongest first; most schedulers have none that is shipped. */
  List<SiteSource> files(SiteFolders folders) {
    String name = SiteKeys.PROVIDER_TYPE.type().print(scheduler);
    var files = new ArrayList<SiteSource>();
    for (Path file : folders.families(name)) {
      files.add(SiteSource.at(file));
    }
    SiteSource shipped = SiteSource.shipped(FOLDER + name);
    if (SiteSource.class.getResource("/" + shipped.shownAs()) != null) {
      files.add(shipped);
    }
    return files;
  }
}
