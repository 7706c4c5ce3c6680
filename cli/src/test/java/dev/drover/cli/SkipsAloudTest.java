package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What cannot be tested on a machine is said in the build's output, by each test of each module.
 */
class SkipsAloudTest {
  private static final Pattern SKIPS =
      Pattern.compile(
          "\\bassume(True|False|That)\\(|Assumptions\\.abort\\(|new TestAbortedException\\(|@(En|Dis)abled");

  /** Lines before a skip among which its words are. */
  private static final int NEAR = 7;

  @Test
  void noTestIsSkippedInSilence() throws IOException {
    List<String> silent = new ArrayList<>();
    List<Path> sources;
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      sources =
          modules
              .map(module -> module.resolve("src/test/java"))
              .filter(Files::isDirectory)
              .flatMap(SkipsAloudTest::sources)
              .toList();
    }
    for (Path source : sources) {
      List<String> lines = Files.readAllLines(source);
      for (int i = 0; i < lines.size(); i++) {
        List<String> near = lines.subList(Math.max(0, i - NEAR), i);
        if (SKIPS.matcher(lines.get(i)).find()
            && near.stream().noneMatch(line -> line.contains("\"SKIPPED: "))) {
          silent.add(source.getFileName() + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(200);
    assertThat(silent).isEmpty();
  }

  private static Stream<Path> sources(Path folder) {
    try {
      return Files.walk(folder).filter(file -> file.toString().endsWith(".java"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
