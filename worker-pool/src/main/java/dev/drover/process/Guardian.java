package dev.drover.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A small process beside the manager that kills the pool's processes when the manager dies or falls
 * silent.
 *
 * <p>It is a shell script in a session of its own, so that what kills the manager spares it, and it
 * holds the reading end of a pipe: the manager's death closes the pipe. While the manager is alive,
 * and only then, it must {@link #beat}. One thread owns a guardian.
 */
public final class Guardian implements AutoCloseable {
  private static final byte[] BEAT = {'b', '\n'};
  private static final byte[] BYE = {'b', 'y', 'e', '\n'};

  private final ChildProcess process;
  private final Path marker;
  private int pipe;

  private Guardian(ChildProcess process, Path marker, int pipe) {
    this.process = process;
    this.marker = marker;
    this.pipe = pipe;
  }

  /**
   * Starts a guardian for this process and its pool.
   *
   * @throws SpawnException when bash cannot be started or the log cannot be written
   */
  public static Guardian start(ProcessSpawner spawner, GuardianSettings settings)
      throws SpawnException {
    List<String> argv = new ArrayList<>();
    argv.add("bash");
    argv.add("-c");
    argv.add(script());
    argv.add("drover-guardian");
    argv.add(settings.poolId());
    argv.add(Long.toString(ProcessHandle.current().pid()));
    argv.add(Long.toString(settings.silenceLimit().toSeconds()));
    argv.add(settings.marker().toString());
    settings.scratchDirectories().forEach(directory -> argv.add(directory.toString()));

    Output log = Output.append(settings.log());
    SpawnRequest request = SpawnRequest.of(argv, environment(), Path.of("/")).withOutput(log, log);

    Scratch scratch = Scratch.ofThread();
    if (LibC.pipe2(scratch.at(Scratch.PIPE), LibC.O_CLOEXEC) != 0) {
      int errno = LibC.errno();
      throw new SpawnException(
          errno,
          SpawnException.Kind.OTHER,
          "cannot make the guardian's pipe: " + Errno.describe(errno));
    }
    int readEnd = scratch.intAt(Scratch.PIPE);
    int writeEnd = scratch.intAt(Scratch.PIPE + 4);
    boolean started = false;
    try {
      // A guardian that reads no more must not block the manager.
      LibC.fcntl(writeEnd, LibC.F_SETFL, LibC.O_NONBLOCK);
      Guardian guardian =
          new Guardian(spawner.start(request, readEnd), settings.marker(), writeEnd);
      started = true;
      return guardian;
    } finally {
      LibC.close(readEnd);
      if (!started) {
        LibC.close(writeEnd);
      }
    }
  }

  /** The guardian's process id. */
  public long pid() {
    return process.pid();
  }

  /**
   * Tells that the manager is alive: a few times within the silence limit.
   *
   * @throws IOException when the guardian is gone; close this one and start another
   */
  public void beat() throws IOException {
    int errno = send(BEAT);
    if (errno != 0 && errno != LibC.EAGAIN) {
      throw new IOException(
          "guardian " + process.pid() + " no longer listens: " + Errno.describe(errno));
    }
  }

  /**
   * Whether a guardian with this marker ever found the manager silent and killed its tasks. A
   * manager that sees it reports the tasks it had then as lost, and removes the file.
   */
  public boolean hasFenced() {
    return Files.exists(marker);
  }

  /** Ends the guardian without killing or removing anything. A second call does nothing. */
  @Override
  public void close() {
    if (pipe >= 0 && send(BYE) == LibC.EAGAIN) {
      process.signalGroup(LibC.SIGKILL);
    }
    hangUp();
  }

  /**
   * Has the guardian kill what lives of the pool and remove its scratch directories, as if the
   * manager had died; returns when that is done.
   */
  public void fence() {
    hangUp();
  }

  private void hangUp() {
    if (pipe >= 0) {
      LibC.close(pipe);
      pipe = -1;
      // A stopped guardian would not read the line, and the wait for it would not end.
      process.signalGroup(LibC.SIGCONT);
      process.await();
    }
  }

  private int send(byte[] line) {
    Scratch scratch = Scratch.ofThread();
    scratch.reserve(line.length + 1);
    return LibC.write(pipe, scratch.string(line), line.length) < 0 ? LibC.errno() : 0;
  }

  /** Without the pool's cookie, and without what could make bash read other files. */
  private static Environment environment() {
    String path = Environment.ofThisProcess().get("PATH").orElse("/usr/bin:/bin");
    return Environment.of(Map.of("PATH", path, "LC_ALL", "C"));
  }

  static String script() {
    try (InputStream in = Guardian.class.getResourceAsStream("guardian.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the guardian's script", e);
    }
  }
}
