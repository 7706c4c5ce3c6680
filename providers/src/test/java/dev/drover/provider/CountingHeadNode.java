package dev.drover.provider;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.HeadNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A head node that passes everything on and remembers the commands. */
public final class CountingHeadNode implements HeadNode {
  private final HeadNode inner;
  private final List<Command> commands = new CopyOnWriteArrayList<>();

  public CountingHeadNode(HeadNode inner) {
    this.inner = inner;
  }

  /** How many commands held that word. */
  public int count(String word) {
    return (int) commands.stream().filter(command -> command.argv().contains(word)).count();
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    commands.add(command);
    return inner.run(command);
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
