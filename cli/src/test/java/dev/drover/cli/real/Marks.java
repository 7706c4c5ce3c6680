package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** A file to which each task of an array appends its index, so that none can have run unseen. */
record Marks(Path file) {
  /** What a task does for it, wherever it starts. */
  String command() {
    return "echo $DROVER_TASK_INDEX >> " + file;
  }

  List<Integer> seen() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(Integer::valueOf).sorted().toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitMoreThan(int count) {
    await("more than " + count + " marks")
        .atMost(Drover.PATIENCE)
        .until(() -> seen().size() > count);
  }

  /** Tasks 1 to {@code last} ran, and each of them once. */
  void assertEachOnce(int last) {
    assertThat(seen()).isEqualTo(IntStream.rangeClosed(1, last).boxed().toList());
  }
}
