package dev.drover.headnode;

/**
 * A port of this machine, open to this machine only, that leads to a port as the head node reaches
 * it. It stays when the connection is lost: what was connected through it breaks, and what connects
 * again gets through when the head node is reached again. Close it to free the port.
 */
public interface Forward extends AutoCloseable {
  /** The port, on 127.0.0.1. */
  int localPort();

  /** Closes the port and what is connected through it. */
  @Override
  void close();
}
