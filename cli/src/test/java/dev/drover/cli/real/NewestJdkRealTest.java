package dev.drover.cli.real;

import dev.drover.headnode.SkipAloud;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Java 17 is the floor; the newest JDK of this machine must do as well. */
class NewestJdkRealTest extends RealTest {
  private static final Path JDKS = Path.of("/usr/lib/jvm");

  @Test
  void newestJdkHere_runsCommandsToTheirSummary_withoutAWarning() throws IOException {
    Optional<Path> newest = newest();
    SkipAloud.unless(
        newest.isPresent(),
        "no JDK newer than " + Runtime.version().feature() + " in " + JDKS + " was tried");
    drover
        .withJava(newest.get())
        .vmOptions("--enable-native-access=ALL-UNNAMED")
        .run("run", "--", "test {1} -gt 0", ":::", "1", "2", "3")
        .exits(0)
        .says("all 3 tasks done")
        .saysNot("WARNING", "warning");
  }

  private static Optional<Path> newest() throws IOException {
    if (!Files.isDirectory(JDKS)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(JDKS)) {
      Map<Path, Integer> features =
          homes
              .filter(home -> Files.isExecutable(home.resolve("bin/java")))
              .collect(Collectors.toMap(home -> home, NewestJdkRealTest::feature, (a, b) -> a));
      return features.entrySet().stream()
          .filter(jdk -> jdk.getValue() > Runtime.version().feature())
          .max(Comparator.comparingInt(Map.Entry::getValue))
          .map(Map.Entry::getKey);
    }
  }

  /** As its release file tells; 0 = it does not. */
  private static int feature(Path home) {
    try (Stream<String> lines = Files.lines(home.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
          .filter(text -> !text.isEmpty())
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    } catch (UncheckedIOException e) {
      return 0;
    }
  }
}
