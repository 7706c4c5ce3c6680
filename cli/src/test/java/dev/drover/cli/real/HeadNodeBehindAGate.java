package dev.drover.cli.real;

import dev.drover.headnode.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two real OpenSSH servers: {@code cluster}, which lets nobody in but from {@code gate}. A user's
 * {@code ~/.ssh/config} has their addresses and keys; the site says that one leads to the other.
 */
record HeadNodeBehindAGate(SshServer head, SshServer gate) implements AutoCloseable {
  /**
   * @param options of the gate
   */
  static HeadNodeBehindAGate start(String... options) {
    SshServer head = SshServer.start();
    try {
      return new HeadNodeBehindAGate(head, SshServer.start(options));
    } catch (RuntimeException e) {
      head.close();
      throw e;
    }
  }

  /**
   * Writes what a user who can log in has in the home directory.
   *
   * @param address of the gate
   */
  void letIn(Path home, String address) throws IOException {
    Path ssh = Files.createDirectories(home.resolve(".ssh"));
    Files.writeString(ssh.resolve("known_hosts"), known(head, "127.0.0.1") + known(gate, address));
    Files.writeString(
        ssh.resolve("config"),
        """
        Host cluster
          HostName 127.0.0.1
          Port %d
          IdentityFile %s
        Host gate
          HostName %s
          Port %d
          IdentityFile %s
        Host *
          User root
          IdentityAgent none
        """
            .formatted(
                head.port(),
                head.directory().resolve("id"),
                address,
                gate.port(),
                gate.directory().resolve("id")));
  }

  private static String known(SshServer server, String address) throws IOException {
    return "[%s]:%d %s"
        .formatted(
            address, server.port(), Files.readString(server.directory().resolve("hostkey.pub")));
  }

  /** Home directory of the user there. */
  Path home() {
    return head.directory().resolve("home/root");
  }

  @Override
  public void close() {
    gate.close();
    head.close();
  }
}
