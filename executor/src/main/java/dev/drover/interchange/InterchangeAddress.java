package dev.drover.interchange;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the interchange listens.
 *
 * @param bind address to bind; {@code *} = every interface
 * @param port control port; 0 = any free one of the range. The data port is always of the range
 * @param preferredPort control port to take if it is free, when {@code port} is 0; 0 = none
 * @param firstPort first port of the range, 1..65535
 * @param lastPort last port of the range, included
 * @param keys directory of the run's CURVE keys; empty = nothing is encrypted and anybody who
 *     reaches the port may run commands as this user
 * @param maxMessageBytes longest body or payload that is accepted from a manager
 */
public record InterchangeAddress(
    List<String> bind,
    int port,
    int preferredPort,
    int firstPort,
    int lastPort,
    Optional<Path> keys,
    long maxMessageBytes) {
  public InterchangeAddress {
    bind = List.copyOf(bind);
    Objects.requireNonNull(keys);
    if (port < 0 || port > 65535 || firstPort < 1 || lastPort > 65535 || lastPort < firstPort) {
      throw new IllegalArgumentException(
          "ports are 1 to 65535: port %d, range %d-%d".formatted(port, firstPort, lastPort));
    }
  }

  /** The same, at a port that earlier managers know, if it is free. */
  public InterchangeAddress preferring(int wanted) {
    return new InterchangeAddress(bind, port, wanted, firstPort, lastPort, keys, maxMessageBytes);
  }
}
