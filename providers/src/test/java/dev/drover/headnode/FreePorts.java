package dev.drover.headnode;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for a test, side by side: nobody listens on them now, no other test of this JVM was given
 * them, and the kernel gives them to no connection, which begin at its own range.
 */
public final class FreePorts {
  private static final int FIRST = 12_000;
  private static final BitSet GIVEN = new BitSet();

  private FreePorts() {}

  /** The first of so many. */
  public static synchronized int first(int count) {
    int end = kernelsFirst();
    // Another JVM looks at the same time, and likely elsewhere.
    int begin = ThreadLocalRandom.current().nextInt(FIRST, end);
    for (int i = 0; i < end - FIRST; i++) {
      int first = FIRST + (begin - FIRST + i) % (end - FIRST);
      if (first + count <= end && areFree(first, count)) {
        GIVEN.set(first, first + count);
        return first;
      }
    }
    throw new IllegalStateException(
        "no " + count + " ports side by side are free from " + FIRST + " to " + (end - 1));
  }

  /** Where the range begins from which the kernel takes the ports of connections. */
  private static int kernelsFirst() {
    try {
      String range = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"));
      return Math.max(FIRST + 1_000, Integer.parseInt(range.strip().split("\\s+")[0]));
    } catch (IOException e) {
      return 32_768;
    }
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      if (GIVEN.get(port) || !isFree(port)) {
        return false;
      }
    }
    return true;
  }

  /** On all addresses of this host. */
  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
