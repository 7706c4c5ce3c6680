package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A head node, such as this machine, that remembers the commands; in an environment of their own.
 */
public final class CountingHeadNode implements HeadNode {
  private final HeadNode inner;
  private final List<Command> commands = new CopyOnWriteArrayList<>();
  private final List<String> prefix = new ArrayList<>();

  /**
   * This machine.
   *
   * @param variables {@code NAME=VALUE} for every command
   */
  public CountingHeadNode(String... variables) {
    this(new LocalHeadNode(), variables);
  }

  /** Another one. */
  public CountingHeadNode(HeadNode inner, String... variables) {
    this.inner = inner;
    if (variables.length > 0) {
      prefix.add("env");
      prefix.addAll(List.of(variables));
    }
  }

  /** How many commands held that word. */
  public int count(String word) {
    return (int) commands.stream().filter(command -> command.argv().contains(word)).count();
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    commands.add(command);
    List<String> argv = new ArrayList<>(prefix);
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
