package dev.drover.provider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A toy scheduler on this machine: the scripts of {@code src/test/toy/bin-<face>}, first on the
 * head node's {@code PATH}, over the state in one directory.
 */
public final class ToyScheduler {
  private final CountingHeadNode headNode;
  private final Path state;

  /**
   * @param face {@code pbs}, {@code torque}, {@code flux}, {@code lsf} or {@code condor}
   * @param state an empty directory
   */
  public ToyScheduler(String face, Path state) {
    Path bin = Path.of("src/test/toy/bin-" + face).toAbsolutePath();
    this.state = state.toAbsolutePath();
    this.headNode =
        new CountingHeadNode(
            "TOY_STATE=" + this.state, "PATH=" + bin + ":" + System.getenv("PATH"));
  }

  /** From now on these go wrong; none of them = all is well. The words are those of core.sh. */
  public void fault(String... words) throws IOException {
    if (words.length == 0) {
      Files.deleteIfExists(state.resolve("fault"));
    } else {
      Files.writeString(state.resolve("fault"), String.join("\n", words) + "\n");
    }
  }

  /** How many commands of that name the scheduler was given. */
  public int count(String program) throws IOException {
    Path log = state.resolve("log");
    if (!Files.exists(log)) {
      return 0;
    }
    try (var lines = Files.lines(log)) {
      return (int) lines.filter(line -> line.split(" ", 3)[1].equals(program)).count();
    }
  }

  /** The directory of one job's state. */
  public Path job(String number) {
    return state.resolve("jobs").resolve(number);
  }

  public Path state() {
    return state;
  }

  public CountingHeadNode headNode() {
    return headNode;
  }
}
