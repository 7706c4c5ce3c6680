package dev.drover.cli.render;

import dev.drover.cli.console.StopException;
import dev.drover.spelling.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The templates that Drover brings along: one job script for each provider, {@code <name>.sh.ftl},
 * and the parts that they share, {@code <name>.ftl}.
 */
final class ShippedTemplates {
  private static final String FOLDER = "templates/";
  private static final String SUFFIX = ".ftl";

  /** Every build has this one. */
  private static final String KNOWN = "local.sh.ftl";

  private ShippedTemplates() {}

  /** The files' names, in alphabetical order. */
  static List<String> files() {
    URL known = url(KNOWN);
    try {
      if (known.openConnection() instanceof JarURLConnection jarred) {
        jarred.setUseCaches(false);
        try (JarFile jar = jarred.getJarFile()) {
          return sorted(
              jar.stream()
                  .map(entry -> entry.getName())
                  .filter(entry -> entry.startsWith(FOLDER))
                  .map(entry -> entry.substring(FOLDER.length())));
        }
      }
      try (Stream<Path> files = Files.list(Path.of(URI.create(known.toString())).getParent())) {
        return sorted(files.map(file -> file.getFileName().toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the shipped templates", e);
    }
  }

  private static List<String> sorted(Stream<String> names) {
    return names.filter(name -> name.endsWith(SUFFIX) && name.indexOf('/') < 0).sorted().toList();
  }

  /** What people call it: {@code local} for {@code local.sh.ftl}. */
  static String name(String file) {
    return file.replaceFirst("(\\.sh)?\\.ftl$", "");
  }

  /** Whether it is a whole job script, and no part of one. */
  static boolean isScript(String file) {
    return file.endsWith(".sh" + SUFFIX);
  }

  /**
   * The file of a template that a user names, with or without its endings.
   *
   * @throws StopException when there is none
   */
  static String find(String named) {
    List<String> files = files();
    return files.stream()
        .filter(file -> file.equals(named) || name(file).equals(named))
        .findFirst()
        .orElseThrow(
            () ->
                StopException.usage(
                    "no template '"
                        + named
                        + "' is shipped; "
                        + NearestName.hint(
                            named, files.stream().map(ShippedTemplates::name).toList())));
  }

  /** The text of a file. */
  static String text(String file) {
    try (InputStream stream = url(file).openStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the shipped template " + file, e);
    }
  }

  /** Where a file lies: its path, or {@code JAR!/FOLDER/FILE}. */
  static String place(String file) {
    String place = url(file).toString().replaceFirst("^jar:", "");
    return place.replaceFirst("^file:", "");
  }

  /** As messages call a file. */
  static String shown(String file) {
    return FOLDER + file;
  }

  private static URL url(String file) {
    return ShippedTemplates.class.getResource("/" + FOLDER + file);
  }
}
