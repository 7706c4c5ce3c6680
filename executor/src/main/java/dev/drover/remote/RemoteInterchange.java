package dev.drover.remote;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An interchange on a head node, as the process that submits to it finds it. {@link #connect} is
 * called on a thread of the link's own, again and again, after each loss of the connection.
 */
public interface RemoteInterchange extends AutoCloseable {
  /**
   * Where it is reached from here, each {@code host:port}.
   *
   * @param control where to attach
   * @param data where the sealed frames go
   */
  record Addresses(String control, String data) {}

  /**
   * Makes sure that the interchange runs and can be reached, and says where. May block for as long
   * as that needs.
   *
   * @throws IOException when it cannot be reached now, saying why and what would help
   */
  Addresses connect() throws IOException;

  /**
   * Directory with the run's client keys and the interchange's public key, once {@link #connect}
   * has returned.
   */
  Path keys();

  /** Ends what makes it reachable; the interchange itself goes on. */
  @Override
  void close();
}
