package dev.drover.cli.real;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with a directory of its own, in which no process may be left. */
abstract class RealTest {
  @TempDir Path home;

  Drover drover;

  @BeforeEach
  void inThisDirectory() {
    drover = new Drover(home);
  }

  @AfterEach
  void noProcessIsLeft() {
    try {
      Processes.assertNoneLeft(home);
    } finally {
      Processes.killAll(home);
    }
  }
}
