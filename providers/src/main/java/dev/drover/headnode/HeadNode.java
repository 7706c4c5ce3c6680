package dev.drover.headnode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A machine on which scheduler commands run and job scripts lie. All methods block; all may be
 * called from any thread. An {@link IOException} means that the machine could not be reached or
 * would not do it, and, from {@code run}, that the command may or may not have run; on an interrupt
 * it is an {@link java.io.InterruptedIOException}.
 */
public interface HeadNode extends AutoCloseable {
  /**
   * Runs a command to its end or its timeout. A command that fails, or that is not installed (exit
   * code 127, as a shell has it), is a result and no exception.
   */
  CommandResult run(Command command) throws IOException;

  /** Writes a file whole or not at all, and makes the directories above it, for the owner only. */
  void write(Path file, String content, FileMode mode) throws IOException;

  /** The file's content, as UTF-8; empty if there is no such file. For small files. */
  Optional<String> read(Path file) throws IOException;

  /** Removes the file, if it is there. */
  void delete(Path file) throws IOException;

  /** The machine's name, for messages. */
  String host();

  /**
   * Reaches the machine, so that what is wrong with the way shows before anything depends on it.
   * Need not be called: every other method reaches it, too.
   */
  default void open() throws IOException {}

  /** Gives up what is held to reach it, such as a connection, and with it what still runs. */
  @Override
  default void close() {}
}
