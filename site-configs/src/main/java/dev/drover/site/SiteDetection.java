package dev.drover.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds the site that this machine is, by what sites say of themselves in {@code site.hosts} and
 * {@code site.environment}, for a user who names none.
 *
 * <p>What the shipped ones say is gathered into one file when Drover is built; only sites in
 * folders are read for it.
 */
public final class SiteDetection {
  private static final String INDEX = "/" + ShippedSites.FOLDER + "detection.index";

  private final SiteFolders folders;
  private final Map<String, String> environment;
  private final Supplier<List<String>> hostNames;

  /**
   * A detection among the shipped sites and those of {@code folders}.
   *
   * @param hostNames of this machine, short and long; asked for only where a site has host names
   */
  public SiteDetection(
      SiteFolders folders, Map<String, String> environment, Supplier<List<String>> hostNames) {
    this.folders = folders;
    this.environment = Map.copyOf(environment);
    this.hostNames = hostNames;
  }

  /**
   * What was found.
   *
   * @param site the one site that is this machine; empty = none is, or several
   * @param note why, in one line for people; empty where there is nothing to tell
   */
  public record Finding(Optional<String> site, Optional<String> note) {}

  /** Where a site says that it is chosen. */
  record Claim(String site, List<String> hosts, List<String> variables) {}

  /** Looks which sites claim this machine: host names and variables, as far as a site has each. */
  public Finding find() {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Claim claim : claims()) {
      Optional<String> reason = reasonOf(claim);
      if (reason.isPresent()) {
        reasons.put(claim.site(), reason.get());
      }
    }
    if (reasons.isEmpty()) {
      return new Finding(Optional.empty(), Optional.empty());
    }
    String why =
        reasons.entrySet().stream()
            .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
            .collect(Collectors.joining(", "));
    return reasons.size() == 1
        ? new Finding(
            Optional.of(reasons.keySet().iterator().next()),
            Optional.of("site " + why + "; --site names another"))
        : new Finding(
            Optional.empty(),
            Optional.of("more than one site is this machine: " + why + "; --site names one"));
  }

  private Optional<String> reasonOf(Claim claim) {
    List<String> reasons = new ArrayList<>();
    if (!claim.hosts().isEmpty()) {
      String host = hostOf(claim);
      if (host.isEmpty()) {
        return Optional.empty();
      }
      reasons.add(host);
    }
    for (String variable : claim.variables()) {
      String[] parts = variable.split("=", 2);
      String value = environment.get(parts[0]);
      if (value == null || (parts.length == 2 && !isLike(value, parts[1]))) {
        return Optional.empty();
      }
      reasons.add(parts.length == 2 ? parts[0] + "=" + value : parts[0] + " is set");
    }
    return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", reasons));
  }

  /** The name of this host that a site claims, and how; empty = it claims none of them. */
  private String hostOf(Claim claim) {
    for (String pattern : claim.hosts()) {
      for (String host : hostNames.get()) {
        if (isLike(host, pattern)) {
          return "host " + host + (host.equals(pattern) ? "" : " is " + pattern);
        }
      }
    }
    return "";
  }

  /** Whether {@code text} is like {@code pattern}; names of hosts are the same in any case. */
  static boolean isLike(String text, String pattern) {
    int at = 0;
    int star = -1; // the last * so far, which takes the characters up to afterStar
    int afterStar = 0;
    int in = 0;
    while (at < text.length()) {
      if (in < pattern.length() && pattern.charAt(in) == '*') {
        star = in++;
        afterStar = at;
      } else if (in < pattern.length()
          && (pattern.charAt(in) == '?' || same(pattern.charAt(in), text.charAt(at)))) {
        in++;
        at++;
      } else if (star >= 0) {
        in = star + 1;
        at = ++afterStar;
      } else {
        return false;
      }
    }
    while (in < pattern.length() && pattern.charAt(in) == '*') {
      in++;
    }
    return in == pattern.length();
  }

  private static boolean same(char one, char other) {
    return Character.toLowerCase(one) == Character.toLowerCase(other);
  }

  /** All claims, one for each name: a site in a folder stands before a shipped one. */
  private List<Claim> claims() {
    Map<String, Claim> claims = new LinkedHashMap<>();
    for (Claim claim : shippedClaims()) {
      claims.put(claim.site(), claim);
    }
    SiteCatalogue catalogue = new SiteCatalogue(folders);
    for (String name : catalogue.namesInFolders()) {
      claims.put(name, claimOf(name, catalogue.sources(name).get(0)));
    }
    return List.copyOf(claims.values());
  }

  /** What is wrong with a file is told when it is chosen. */
  private static Claim claimOf(String name, SiteSource source) {
    Claim claim = new Claim(name, List.of(), List.of());
    try {
      for (Entry entry : SiteFileParser.parse(source.shownAs(), source.read(), new ArrayList<>())) {
        claim = with(claim, entry.key(), entry.text());
      }
    } catch (BadValueException unreadable) {
      return new Claim(name, List.of(), List.of());
    }
    return claim;
  }

  static List<Claim> shippedClaims() {
    List<Claim> claims = new ArrayList<>();
    try (InputStream in = SiteDetection.class.getResourceAsStream(INDEX)) {
      if (in == null) { // built by other means than Maven
        return List.of();
      }
      Claim claim = null;
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        int equals = line.indexOf('=');
        String key = equals < 0 ? "" : line.substring(0, equals).trim();
        String text = line.substring(equals + 1).trim();
        if (key.equals(SiteKeys.SITE_NAME.name())) {
          if (claim != null) {
            claims.add(claim);
          }
          claim = new Claim(text, List.of(), List.of());
        } else if (claim != null) {
          claim = with(claim, key, text);
        }
      }
      if (claim != null) {
        claims.add(claim);
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read where the shipped sites are chosen", unreadable);
    }
    return claims;
  }

  private static Claim with(Claim claim, String key, String text) {
    try {
      if (key.equals(SiteKeys.SITE_HOSTS.name())) {
        return new Claim(claim.site(), SiteKeys.SITE_HOSTS.type().parse(text), claim.variables());
      }
      if (key.equals(SiteKeys.SITE_ENVIRONMENT.name())) {
        return new Claim(claim.site(), claim.hosts(), SiteKeys.SITE_ENVIRONMENT.type().parse(text));
      }
    } catch (BadValueException told) {
      return claim;
    }
    return claim;
  }
}
