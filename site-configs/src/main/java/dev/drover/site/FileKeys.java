package dev.drover.site;

import static dev.drover.site.KeyType.LIST;
import static dev.drover.site.KeyType.NAME;
import static dev.drover.site.KeyType.TEXT;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What a file says of itself, and where its site is chosen. All but {@code site.required} are never
 * inherited: each file vouches for itself. A part of {@link SiteKeys}, by which it is used.
 */
interface FileKeys {
  /** The keys of this part. */
  KeySection SITE = new KeySection();

  /** Whether a site's file can be relied on. */
  enum Status {
    /**
     * The machine's own pages, or a check on it, bear out all of it as of {@code site.verified}.
     */
    ACTIVE,
    /** Some of it is from elsewhere, or so old that it may have changed; or nobody says. */
    UNVERIFIED,
    /** The machine is gone; kept as an example, and to read old runs. */
    RETIRED
  }

  Key<String> SITE_NAME =
      SITE.key("site.name", NAME, "unnamed", "", "the site's name; default: the file's");
  Key<String> SITE_DESCRIPTION =
      SITE.key("site.description", TEXT, "", "", "one line about the machine");
  Key<String> SITE_CONTACT =
      SITE.key("site.contact", TEXT, "", "", "who answers questions about this file");
  Key<String> SITE_SOURCE =
      SITE.key(
          "site.source", TEXT, "", "", "where the facts come from, such as the site's own page");
  Key<Optional<LocalDate>> SITE_VERIFIED =
      SITE.key(
          "site.verified",
          new KeyType.OrNone<>(KeyType.DATE),
          Optional.empty(),
          "",
          "the day of its source, or of a check on the machine, as of which it is true; nothing = unknown");
  Key<Status> SITE_STATUS =
      SITE.key(
          "site.status",
          new KeyType.Choice<>(Status.class),
          Status.UNVERIFIED,
          "",
          "whether the machine's own pages, or a check on it, bear out the file");
  Key<Optional<String>> SITE_EXTENDS =
      SITE.key(
          "site.extends",
          new KeyType.OrNone<>(TEXT),
          Optional.empty(),
          "",
          "the site, or the file beside this one, whose values hold where this file has none");
  Key<Optional<String>> SITE_URL =
      SITE.key(
          "site.url",
          new KeyType.OrNone<>(new TextTypes.Shaped("https?://[^\\s/]\\S*", "an http(s) address")),
          Optional.empty(),
          "",
          "the machine's own page; nothing = none");
  Key<List<String>> SITE_HOSTS =
      SITE.key(
          "site.hosts",
          new TextTypes.ListOf(
              new TextTypes.Shaped(
                  "[A-Za-z0-9._*?-]+", "a host name, * and ? standing for others")),
          List.of(),
          "",
          "where the site is chosen when none is named: one of these must be the host's name");
  Key<List<String>> SITE_ENVIRONMENT =
      SITE.key(
          "site.environment",
          new TextTypes.ListOf(
              new TextTypes.Shaped("[A-Za-z_][A-Za-z0-9_]*(=[^,]+)?", "NAME or NAME=value")),
          List.of(),
          "",
          "as site.hosts, of the environment: all must be set, to that value where there is one");
  Key<List<String>> SITE_REQUIRED =
      SITE.key(
          "site.required",
          LIST,
          List.of(),
          "",
          "keys that every user must set before a run, such as provider.account; inherited");
}
