package dev.drover.headnode;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for a test, side by side: nobody listens on them now, no other test of this JVM was given
 * them, nor of another, as long as there is a stretch for each, and the kernel gives them to no
 * connection, which begin at its own range.
 */
public final class FreePorts {
  private static final int FIRST = 12_000;
  private static final int STRETCH = 250;
  private static final BitSet GIVEN = new BitSet();

  /** Who listens on a stretch's first port has the others; until the JVM ends. */
  private static final List<ServerSocket> CLAIMS = new ArrayList<>();

  private FreePorts() {}

  /** The first of so many. */
  public static synchronized int first(int count) {
    int end = kernelsFirst();
    int stretches = (end - FIRST) / STRETCH;
    int begin = ThreadLocalRandom.current().nextInt(stretches);
    int first = count < STRETCH ? inOwnStretches(count) : 0;
    for (int i = 0; first == 0 && count < STRETCH && i < stretches; i++) {
      if (claim(FIRST + (begin + i) % stretches * STRETCH)) {
        first = inOwnStretches(count);
      }
    }
    if (first == 0) {
      first = among(FIRST, end, count); // all have their owners
    }
    if (first == 0) {
      throw new IllegalStateException(
          "no " + count + " ports side by side are free from " + FIRST + " to " + (end - 1));
    }
    GIVEN.set(first, first + count);
    return first;
  }

  private static int inOwnStretches(int count) {
    for (ServerSocket claim : CLAIMS) {
      int port = claim.getLocalPort();
      int first = among(port + 1, port + STRETCH, count);
      if (first != 0) {
        return first;
      }
    }
    return 0;
  }

  private static boolean claim(int port) {
    try {
      CLAIMS.add(new ServerSocket(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** The first of so many that are free; 0 = there are none. */
  private static int among(int from, int end, int count) {
    for (int first = from; first + count <= end; first++) {
      if (areFree(first, count)) {
        return first;
      }
    }
    return 0;
  }

  /** Where the range begins from which the kernel takes the ports of connections. */
  private static int kernelsFirst() {
    Path file = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    // Files.readString() reads one byte of a file whose size is not told; the kernel gives no more.
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String range = in.readLine();
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
