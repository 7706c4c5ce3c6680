package dev.drover.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a file must say of itself before others can rely on it. */
final class SiteMetadata {
  private SiteMetadata() {}

  /** What is missing of a file's word for itself; a rule for shipped files, advice for others. */
  static List<SiteProblem> gaps(Settings settings, Origin file) {
    List<SiteProblem> gaps = new ArrayList<>();
    require(
        gaps, settings, file, SiteKeys.SITE_DESCRIPTION, "it says in one line what the machine is");
    if (!isKnown(settings, SiteKeys.SITE_CONTACT)) {
      require(gaps, settings, file, SiteKeys.SITE_URL, "it, or site.contact, says whom to ask");
    }
    require(gaps, settings, file, SiteKeys.SITE_SOURCE, "it says where the facts come from");
    require(gaps, settings, file, SiteKeys.SITE_VERIFIED, "it says when they were last checked");
    if (settings.has(SiteKeys.SITE_STATUS)
        && settings.get(SiteKeys.SITE_STATUS).origin() == Origin.DEFAULT) {
      gaps.add(
          new SiteProblem(
              file,
              SiteKeys.SITE_STATUS.name(),
              "is not there: it says whether the file can be relied on",
              Optional.empty()));
    }
    return gaps;
  }

  private static void require(
      List<SiteProblem> gaps, Settings settings, Origin file, Key<?> key, String what) {
    if (!isKnown(settings, key)) {
      gaps.add(new SiteProblem(file, key.name(), "is not there: " + what));
    }
  }

  /** Also when its text is faulty, which is reported already. */
  private static boolean isKnown(Settings settings, Key<?> key) {
    return !settings.has(key) || settings.isSet(key);
  }
}
