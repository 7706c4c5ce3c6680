package dev.drover.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sites that Drover brings along, one {@code .properties} file each. */
public final class ShippedSites {
  static final String FOLDER = "site-configs/";
  static final String SUFFIX = ".properties";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");

  private ShippedSites() {}

  /**
   * The names of all shipped sites, in alphabetical order. Lists the folder beside {@code local},
   * so it is for listings and errors, not for the way to a known site.
   */
  public static List<String> names() {
    return namesBeside(ShippedSites.class.getResource("/" + FOLDER + "local" + SUFFIX));
  }

  static boolean has(String name) {
    return isName(name) && ShippedSites.class.getResource("/" + FOLDER + name + SUFFIX) != null;
  }

  /** Whether {@code text} is written as a site's name rather than as a file's. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static List<String> namesBeside(URL site) {
    try {
      if (site.openConnection() instanceof JarURLConnection jarred) {
        jarred.setUseCaches(false);
        try (JarFile jar = jarred.getJarFile()) {
          return sorted(jar.stream().map(entry -> entry.getName()).filter(ShippedSites::isSite));
        }
      }
      try (Stream<Path> files = Files.list(Path.of(URI.create(site.toString())).getParent())) {
        return sorted(files.map(file -> FOLDER + file.getFileName()).filter(ShippedSites::isSite));
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot list the shipped sites", unreadable);
    }
  }

  private static boolean isSite(String entry) {
    return entry.startsWith(FOLDER)
        && entry.endsWith(SUFFIX)
        && entry.indexOf('/', FOLDER.length()) < 0;
  }

  private static List<String> sorted(Stream<String> entries) {
    return entries
        .map(entry -> entry.substring(FOLDER.length(), entry.length() - SUFFIX.length()))
        .sorted()
        .toList();
  }
}
