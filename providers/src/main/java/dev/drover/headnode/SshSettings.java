package dev.drover.headnode;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a head node behind SSH is reached. What is not said here, {@code ~/.ssh/config} says.
 *
 * @param address of the head node
 * @param jumps hosts to go through, the first hop first; none = the configuration's ProxyJump
 * @param identityFiles private keys to offer; none = the configuration's, else {@code id_ed25519},
 *     {@code id_ecdsa} and {@code id_rsa} of {@code ~/.ssh}. The agent's keys are offered, too
 * @param knownHosts files of trusted host keys; none = the configuration's, else {@code
 *     ~/.ssh/known_hosts} and {@code /etc/ssh/ssh_known_hosts}
 * @param keepAlive the silence after which a sign of life is asked for; the fourth without an
 *     answer ends the connection; zero = never asked, 15 s by default
 * @param connectTimeout for one attempt to connect, questions to the user not counted, and for how
 *     long a lost connection is tried again within one call; more than zero, 30 s by default
 * @param init {@code sh} lines that run there before each command, such as {@code . /etc/profile};
 *     what they print is dropped
 * @param configuration the user's {@code ~/.ssh/config}; empty = none is read
 */
public record SshSettings(
    SshAddress address,
    List<SshAddress> jumps,
    List<Path> identityFiles,
    List<Path> knownHosts,
    Duration keepAlive,
    Duration connectTimeout,
    String init,
    Optional<Path> configuration) {
  public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(15);
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);

  public SshSettings {
    requireNonNull(address, "address");
    jumps = List.copyOf(jumps);
    identityFiles = List.copyOf(identityFiles);
    knownHosts = List.copyOf(knownHosts);
    requireNonNull(init, "init");
    requireNonNull(configuration, "configuration");
    if (keepAlive.isNegative() || keepAlive.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "the keep-alive is " + keepAlive + "; give zero to a day, such as PT15S");
    }
    if (connectTimeout.toMillis() < 1 || connectTimeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "the connect timeout is " + connectTimeout + "; give up to a day, such as PT30S");
    }
  }

  /** The defaults, with the user's own configuration. */
  public static SshSettings of(SshAddress address) {
    return new SshSettings(
        address,
        List.of(),
        List.of(),
        List.of(),
        DEFAULT_KEEP_ALIVE,
        DEFAULT_CONNECT_TIMEOUT,
        "",
        Optional.of(Path.of(System.getProperty("user.home"), ".ssh", "config")));
  }
}
