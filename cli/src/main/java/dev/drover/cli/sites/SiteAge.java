package dev.drover.cli.sites;

import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;

/** How old the facts of a site's file are. */
final class SiteAge {
  private SiteAge() {}

  /** In days; empty = the file does not say, or says a day to come. */
  static OptionalLong days(Site site, LocalDate today) {
    return site.get(SiteKeys.SITE_VERIFIED)
        .map(day -> ChronoUnit.DAYS.between(day, today))
        .filter(days -> days >= 0)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /**
   * {@code today}, {@code 1 day ago}, {@code 12 days ago}, {@code 14 months ago}, {@code an unknown
   * day}.
   */
  static String text(Site site, LocalDate today) {
    OptionalLong days = days(site, today);
    if (days.isEmpty()) {
      return "an unknown day";
    }
    long age = days.getAsLong();
    if (age == 0) {
      return "today";
    }
    boolean old = age >= 100;
    long count = old ? age / 30 : age;
    return count + (old ? " month" : " day") + (count == 1 ? "" : "s") + " ago";
  }
}
