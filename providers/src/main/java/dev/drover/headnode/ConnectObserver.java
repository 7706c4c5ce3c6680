package dev.drover.headnode;

import java.time.Duration;
import java.util.List;

/**
 * Hears how a connection comes about, step by step: what was not heard of before an error is what
 * failed. Called on a thread of the head node's, which waits for it.
 */
public interface ConnectObserver {
  /** Hears nothing. */
  ConnectObserver NONE = new ConnectObserver() {};

  /** The way is known: {@code user@host:port} of each hop, the head node the last. */
  default void way(List<String> hops) {}

  /** A TCP connection to the hop, from this machine or from the hop before it, is there. */
  default void reached(String hop, Duration took) {}

  /**
   * The hop's server speaks, and has shown its key. Not called for one that shows a certificate.
   *
   * @param server its version, such as {@code SSH-2.0-OpenSSH_9.2p1}
   * @param key kind and fingerprint
   * @param trusted whether it is the one that is known
   */
  default void hostKey(String hop, String server, String key, boolean trusted) {}

  /**
   * The hop let the user in.
   *
   * @param server its version
   * @param proofs what was shown for it, such as {@code the key /home/ada/.ssh/id_ed25519}, in
   *     order
   * @param took since it was reached, the user's own time to answer included
   */
  default void loggedIn(String hop, String server, List<String> proofs, Duration took) {}
}
