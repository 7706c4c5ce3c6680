package dev.drover.headnode;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One SSH server on the way, with all that is needed to log in.
 *
 * @param host its name or address, as the machine before it resolves it
 * @param port 1 to 65535
 * @param user to log in as
 * @param keyAlias the name under which its key is known; empty = {@code host} and {@code port}
 * @param identityFiles private keys to offer, those that are there
 * @param identitiesOnly whether no other keys of the agent are offered
 * @param agent the agent's socket; empty = none is asked
 * @param knownHosts files of trusted keys, which need not be there; the first is named to the user
 */
record Hop(
    String host,
    int port,
    String user,
    Optional<String> keyAlias,
    List<Path> identityFiles,
    boolean identitiesOnly,
    Optional<Path> agent,
    List<Path> knownHosts) {
  Hop {
    identityFiles = List.copyOf(identityFiles);
    knownHosts = List.copyOf(knownHosts);
  }

  /** The name that its key is looked up by: {@code [host]:port} unless the port is 22. */
  String keyName() {
    return keyAlias.orElse(port == 22 ? host : "[" + host + "]:" + port);
  }

  /** {@code user@host:port}, for messages. */
  @Override
  public String toString() {
    return user + "@" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
