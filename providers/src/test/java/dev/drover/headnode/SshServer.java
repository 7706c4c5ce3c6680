package dev.drover.headnode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.opentest4j.TestAbortedException;

/**
 * A real OpenSSH server on this machine, as {@code src/test/clusters/sshd} starts it, in a
 * directory and on a port of its own; gone when it is closed, or when the JVM is gone.
 */
public final class SshServer implements AutoCloseable {
  /** Beside this module, and beside the ones whose tests borrow a server. */
  private static final Path SCRIPT =
      Path.of("../providers/src/test/clusters/sshd").toAbsolutePath().normalize();

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Path directory;
  private final int port;

  private SshServer(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param options of {@code clusters/sshd up}
   * @throws TestAbortedException where none can be, which is also printed
   */
  public static SshServer start(String... options) {
    String reason = whyNot();
    if (!reason.isEmpty()) {
      System.out.println(
          "SKIPPED: " + reason + ", so nothing was tested against a real SSH server");
      throw new TestAbortedException(reason);
    }
    long pid = ProcessHandle.current().pid();
    SshServer server =
        new SshServer(
            Path.of("/tmp/drover-sshd-" + pid + "-" + STARTED.incrementAndGet()),
            FreePorts.first(1));
    List<String> words =
        new ArrayList<>(List.of("up", "--port", "" + server.port, "--while", "" + pid));
    words.addAll(List.of(options));
    try {
      server.script(words.toArray(String[]::new));
    } catch (IllegalStateException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** Empty if a server can be started here. */
  static String whyNot() {
    for (String program : List.of("sshd", "ssh", "ssh-keygen", "ssh-keyscan", "setsid")) {
      if (!run(List.of("which", program)).succeeded()) {
        return "not installed: " + program + " (Debian: openssh-server openssh-client util-linux)";
      }
    }
    return "0".equals(run(List.of("id", "-u")).stdout().strip())
        ? ""
        : "a test server needs to be started by root";
  }

  /**
   * A head node behind SSH, reached from a jump host, both on this machine and running until the
   * JVM ends.
   *
   * @param init of the head node
   */
  public static SshHeadNode behindAJumpHost(String init) {
    SshServer head = start();
    SshServer jump = start("--option", "PermitOpen 127.0.0.1:" + head.port);
    SshSettings settings =
        new SshSettings(
            head.address("root"),
            List.of(jump.address("root")),
            List.of(head.directory.resolve("id"), jump.directory.resolve("id")),
            List.of(head.knownHosts(), jump.knownHosts()),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            init,
            Optional.empty());
    return new SshHeadNode(settings, new ConsolePrompt());
  }

  /** How it is reached, with its own keys and none of the user's configuration. */
  public SshSettings settings() {
    return settings(new SshAddress(Optional.empty(), "127.0.0.1", OptionalInt.of(port)));
  }

  /** The same for another user, or another address of it. */
  public SshSettings settings(SshAddress address) {
    return new SshSettings(
        address,
        List.of(),
        List.of(directory.resolve("id")),
        List.of(knownHosts()),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        "",
        Optional.empty());
  }

  public SshAddress address(String user) {
    return new SshAddress(Optional.of(user), "127.0.0.1", OptionalInt.of(port));
  }

  public int port() {
    return port;
  }

  public Path directory() {
    return directory;
  }

  public Path knownHosts() {
    return directory.resolve("known_hosts");
  }

  /** Faults, as the script names them: {@code ctl("cut")}. */
  public void ctl(String action) {
    script("ctl", action);
  }

  /** A user of this machine, by a name that no other test has; his home. */
  public Path user(String name, String shell, String password) {
    script("user", name, shell, password);
    return directory.resolve("home").resolve(name);
  }

  /** What it has logged. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    script("down", "--purge");
  }

  private void script(String... words) {
    List<String> argv = new ArrayList<>(List.of(SCRIPT.toString()));
    argv.addAll(List.of(words));
    argv.addAll(List.of("--dir", directory.toString()));
    CommandResult result = run(argv);
    if (!result.succeeded()) {
      throw new IllegalStateException(argv + ": " + result);
    }
  }

  static CommandResult run(List<String> argv) {
    try {
      return new LocalHeadNode().run(Command.of(Duration.ofMinutes(3), argv));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
