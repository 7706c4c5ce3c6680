package dev.drover.executor;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds functions, in whatever JVM they run, until the test lets them pass: a file. */
record Gate(String file) implements Serializable {
  /** A closed one. */
  static Gate in(Path directory) {
    return new Gate(directory.resolve("gate-" + System.nanoTime()).toString());
  }

  void open() throws IOException {
    Files.createFile(Path.of(file));
  }

  /** Returns once it is open. */
  void pass() throws InterruptedException {
    while (!Files.exists(Path.of(file))) {
      Thread.sleep(5);
    }
  }
}
