package dev.drover.headnode;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** This machine as the head node. */
public final class LocalHeadNode implements HeadNode {
  /** How much of each output stream is kept, in bytes: the last 8 MiB. */
  static final int OUTPUT_LIMIT = 8 << 20;

  /**
   * How long after a command's end its streams may stay open, in milliseconds. What it printed is
   * there at once; only a background process that it left behind holds them longer.
   */
  private static final long STREAM_GRACE = 1000;

  private static final File NO_INPUT = new File("/dev/null");

  @Override
  public CommandResult run(Command command) throws IOException {
    long start = System.nanoTime();
    Process process;
    try {
      process = start(command);
    } catch (IOException e) {
      return notStarted(command, e);
    }
    try {
      OutputTail stdout = new OutputTail(process.getInputStream(), OUTPUT_LIMIT, "headnode-stdout");
      OutputTail stderr = new OutputTail(process.getErrorStream(), OUTPUT_LIMIT, "headnode-stderr");
      command.stdin().ifPresent(text -> feed(process, text));
      boolean ended = process.waitFor(command.timeout().toNanos(), TimeUnit.NANOSECONDS);
      if (!ended) {
        killTree(process);
        process.waitFor();
      }
      stdout.awaitEnd(STREAM_GRACE);
      stderr.awaitEnd(STREAM_GRACE);
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      return new CommandResult(process.exitValue(), stdout.text(), stderr.text(), duration, !ended);
    } catch (InterruptedException e) {
      killTree(process);
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while this ran, so it was killed: " + command)
              .initCause(e);
    }
  }

  private static Process start(Command command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.argv());
    if (command.stdin().isEmpty()) {
      builder.redirectInput(NO_INPUT);
    }
    return builder.start();
  }

  /**
   * What a shell would have answered; anything but a missing or forbidden program is this machine's
   * trouble.
   */
  private static CommandResult notStarted(Command command, IOException cause) throws IOException {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("error=2,")) {
      return refused(127, command.argv().get(0) + ": command not found");
    }
    if (message.contains("error=13,")) {
      return refused(126, command.argv().get(0) + ": permission denied");
    }
    throw cause;
  }

  private static CommandResult refused(int exitCode, String stderr) {
    return new CommandResult(exitCode, "", stderr + "\n", Duration.ZERO, false);
  }

  /** Writes on a thread of its own, since a command may print before it reads, or never read. */
  private static void feed(Process process, String text) {
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(text.getBytes(StandardCharsets.UTF_8));
              } catch (IOException closed) {
                // The command ended, or closed its input, before it had read all: its own affair.
              }
            },
            "headnode-stdin");
    writer.setDaemon(true);
    writer.start();
  }

  /** Takes the descendants' names first: once their parent is dead, nothing leads to them. */
  private static void killTree(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void write(Path file, String content, FileMode mode) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(FileMode.PRIVATE_EXECUTABLE.permissions()));
    }
    Path fresh =
        Files.createTempFile(
            directory,
            file.getFileName().toString(),
            ".new",
            PosixFilePermissions.asFileAttribute(mode.permissions()));
    try {
      Files.writeString(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  @Override
  public Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** As the kernel has it: to ask the network could take seconds. */
  @Override
  public String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
