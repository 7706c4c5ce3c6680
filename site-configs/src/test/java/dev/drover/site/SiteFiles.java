package dev.drover.site;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A folder of site files for one test, and what reading them gives. */
final class SiteFiles {
  private final Path folder;
  private final SiteReader reader;

  SiteFiles(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.reader = new SiteReader(environment);
  }

  Path write(String name, String text) {
    return write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Path write(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Site read(String text) {
    return reader.read(write("mine.properties", text).toString());
  }

  Site read(Path site, List<Path> overlays, String... settings) {
    return reader.read(site.toString(), overlays, List.of(settings));
  }

  /** The problems of a file with this text, the folder cut from their names. */
  List<String> problems(String text) {
    return problems(write("mine.properties", text), List.of());
  }

  List<String> problems(Path site, List<Path> overlays, String... settings) {
    return problems(site.toString(), overlays, settings);
  }

  List<String> problems(String site, List<Path> overlays, String... settings) {
    InvalidSiteException thrown =
        catchThrowableOfType(
            InvalidSiteException.class, () -> reader.read(site, overlays, List.of(settings)));
    return thrown == null
        ? List.of()
        : thrown.problems().stream()
            .map(problem -> problem.toString().replace(folder + "/", ""))
            .toList();
  }
}
