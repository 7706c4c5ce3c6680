package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This machine with a toy scheduler first on its {@code PATH}: the scripts of {@code
 * src/test/toy/bin-<face>}, over the state in one directory.
 */
public final class ToySchedulerHeadNode implements HeadNode {
  private final LocalHeadNode inner = new LocalHeadNode();
  private final Path bin;
  private final Path state;

  /**
   * @param face {@code pbs}, {@code torque}, {@code flux}, {@code lsf} or {@code condor}
   * @param state an empty directory
   */
  public ToySchedulerHeadNode(String face, Path state) {
    this.bin = Path.of("src/test/toy/bin-" + face).toAbsolutePath();
    this.state = state.toAbsolutePath();
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

  @Override
  public CommandResult run(Command command) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add("env");
    argv.add("TOY_STATE=" + state);
    argv.add("PATH=" + bin + ":" + System.getenv("PATH"));
    argv.addAll(command.argv());
    return inner.run(new Command(argv, command.timeout(), command.stdin()));
  }

  @Override
  public void write(Path file, String content, FileMode mode) throws IOException {
    inner.write(file, content, mode);
  }

  @Override
  public Optional<String> read(Path file) throws IOException {
    return inner.read(file);
  }

  @Override
  public void delete(Path file) throws IOException {
    inner.delete(file);
  }

  @Override
  public String host() {
    return inner.host();
  }
}
