package dev.drover.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Something a site can be read from: a shipped file or one on disk.
 *
 * @param shownAs the name by which problems and origins call it
 * @param file where it lies; empty = it is shipped with Drover
 */
record SiteSource(String shownAs, Optional<Path> file) {

  static SiteSource shipped(String name) {
    return new SiteSource(ShippedSites.FOLDER + name + ShippedSites.SUFFIX, Optional.empty());
  }

  static SiteSource at(Path file) {
    return new SiteSource(file.toString(), Optional.of(file));
  }

  /** Equal for two sources exactly when they are the same file, however it was named. */
  Object identity() {
    return file.<Object>map(path -> path.toAbsolutePath().normalize()).orElse(shownAs);
  }

  /** The file's name without its folder and suffix. */
  String stem() {
    String name = shownAs.substring(shownAs.lastIndexOf('/') + 1);
    return name.endsWith(ShippedSites.SUFFIX)
        ? name.substring(0, name.length() - ShippedSites.SUFFIX.length())
        : name;
  }

  /** All bytes; a {@link BadValueException} says why there are none. */
  byte[] read() {
    try {
      return file.isPresent() ? readFile(file.get()) : readShipped();
    } catch (AccessDeniedException denied) {
      throw new BadValueException("may not be read: permission denied");
    } catch (IOException unreadable) {
      throw new BadValueException("cannot be read: " + unreadable.getMessage());
    }
  }

  private static byte[] readFile(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new BadValueException("is a directory; name the .properties file in it");
    }
    // Readable attributes are asked for first, so that a loop of links is not called missing.
    if (Files.notExists(path)) {
      throw new BadValueException("does not exist");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new BadValueException("is no regular file");
    }
    return Files.readAllBytes(path);
  }

  private byte[] readShipped() throws IOException {
    try (InputStream in = SiteSource.class.getResourceAsStream("/" + shownAs)) {
      if (in == null) {
        throw new BadValueException("is not shipped");
      }
      return in.readAllBytes();
    }
  }
}
