package dev.drover.headnode;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A machine behind SSH as the head node. One connection carries all commands and files; it is made
 * at the first call, so that the user is asked once, and made anew when it is lost. A call whose
 * command had not been sent by then is repeated on the new connection; one whose command may have
 * run is not. Its threads are daemons.
 */
public final class SshHeadNode implements HeadNode {
  private static final AtomicInteger THREADS = new AtomicInteger();

  /** How often a call is begun anew because its connection was found dead. */
  private static final int TRIES = 3;

  private final SshSettings settings;
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "headnode-ssh-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });
  private final SshLink link;
  private final Set<Forward> forwards = ConcurrentHashMap.newKeySet();

  private volatile String startUpOutput = "";

  /** Of the latest connection. */
  private volatile Optional<FilesOfConnection> files = Optional.empty();

  private record FilesOfConnection(SshConnection connection, RemoteFiles files) {}

  /** A head node; nothing is connected before the first call. */
  public SshHeadNode(SshSettings settings, SecretPrompt prompt) {
    this(settings, prompt, ConnectObserver.NONE);
  }

  /** The same, with somebody who hears how each connection comes about. */
  public SshHeadNode(SshSettings settings, SecretPrompt prompt, ConnectObserver observer) {
    this.settings = settings;
    SshConnector connector = new SshConnector(settings, prompt, observer, System.getenv());
    this.link = new SshLink(connector::connect, settings.connectTimeout(), executor);
  }

  SshHeadNode(SshSettings settings, SshLink.Connector connector) {
    this.settings = settings;
    this.link = new SshLink(connector, settings.connectTimeout(), executor);
  }

  @Override
  public void open() throws IOException {
    link.connection();
  }

  @Override
  public CommandResult run(Command command) throws IOException {
    return again(
        connection -> {
          RemoteRun run = new RemoteRun(connection, command, settings.init(), executor);
          CommandResult result = run.run();
          startUpOutput = run.noise();
          return result;
        });
  }

  /** What start-up files printed before the latest command; empty if nothing. */
  public String startUpOutput() {
    return startUpOutput;
  }

  /** Something on a connection. */
  private interface Use<T> {
    T of(SshConnection connection) throws IOException;
  }

  private <T> T again(Use<T> use) throws IOException {
    for (int tries = 1; ; tries++) {
      SshConnection connection = link.connection();
      try {
        return use.of(connection);
      } catch (SshConnection.NotOpenedException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  @Override
  public void write(Path file, String content, FileMode mode) throws IOException {
    String attempt = newAttempt();
    onFiles(
        absolute(file),
        (files, path) -> {
          files.write(path, content, mode, attempt);
          return null;
        });
  }

  /**
   * Writes a file of this machine there, whole or not at all, and makes the directories above it,
   * for the owner only.
   */
  public void send(Path here, Path there, FileMode mode) throws IOException {
    String attempt = newAttempt();
    onFiles(
        absolute(there),
        (files, path) -> {
          files.send(here, path, mode, attempt);
          return null;
        });
  }

  private static String newAttempt() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  @Override
  public Optional<String> read(Path file) throws IOException {
    return onFiles(absolute(file), RemoteFiles::read);
  }

  /**
   * Copies a part of a file there. When the connection is lost in the middle, it goes on where it
   * was on the next one.
   *
   * @param offset of the first byte, 0 or more
   * @param length at most so many bytes
   * @param to written on another thread while the caller waits; not closed. What it throws ends
   *     this
   * @return how many bytes there were, fewer where the file ends; empty = there is no such file
   */
  public OptionalLong copy(Path there, long offset, long length, OutputStream to)
      throws IOException {
    Counted counted = new Counted(to);
    OptionalLong copied =
        onFiles(
            absolute(there),
            (files, path) ->
                files.copy(path, offset + counted.bytes, length - counted.bytes, counted));
    return copied.isEmpty() ? copied : OptionalLong.of(counted.bytes);
  }

  /** Counts what went through. */
  private static final class Counted extends FilterOutputStream {
    private volatile long bytes;

    Counted(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length; // one thread at a time
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    onFiles(
        absolute(file),
        (files, path) -> {
          files.delete(path);
          return null;
        });
  }

  private static Path absolute(Path file) {
    if (!file.isAbsolute()) {
      throw new IllegalArgumentException(
          file + " is relative, and a head node behind SSH has another working directory");
    }
    return file.normalize();
  }

  /** Something done with a file. */
  private interface FileUse<T> {
    T of(RemoteFiles files, Path file) throws IOException;
  }

  private <T> T onFiles(Path file, FileUse<T> use) throws IOException {
    return again(
        connection -> {
          RemoteFiles remote = files(connection);
          CompletableFuture<T> result =
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      return use.of(remote, file);
                    } catch (IOException e) {
                      throw new CompletionException(e);
                    }
                  },
                  executor);
          try {
            return result.get();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                new InterruptedIOException("interrupted; it may still be done: " + file)
                    .initCause(e);
          } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
              throw failure;
            }
            throw new IOException("cannot use " + file + ": " + e.getCause(), e.getCause());
          }
        });
  }

  private synchronized RemoteFiles files(SshConnection connection) {
    if (files.isEmpty() || files.get().connection() != connection) {
      files = Optional.of(new FilesOfConnection(connection, new RemoteFiles(connection)));
    }
    return files.get().files();
  }

  /** The name as the user gave it. */
  @Override
  public String host() {
    return settings.address().host();
  }

  /**
   * Opens a port here that leads to one there.
   *
   * @param remoteHost as the head node resolves it; {@code localhost} is the head node itself
   * @param remotePort 1 to 65535
   * @throws IOException if no port can be had here; that nobody listens there shows when somebody
   *     connects
   */
  public Forward forward(String remoteHost, int remotePort) throws IOException {
    Forward forward = new PortForward(link, remoteHost, remotePort, executor);
    forwards.add(forward);
    return forward;
  }

  /** Ends the connection, with what runs on it and the forwards. */
  @Override
  public void close() {
    forwards.forEach(Forward::close);
    link.close(); // the executor's threads end by themselves when they are idle
  }
}
