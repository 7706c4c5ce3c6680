package dev.drover.cli.real;

import java.io.IOException;
import java.util.List;
import org.opentest4j.TestAbortedException;

/**
 * A network namespace for the laptop of a test: a cable, that can be pulled, to this machine, and
 * nothing else.
 */
final class LaptopNetwork implements AutoCloseable {
  private static final long SELF = ProcessHandle.current().pid();

  /** Of this JVM alone, and at most 15 letters. */
  private static final String NAME = "drv" + SELF;

  private static final String HERE = NAME + "h";
  private static final String THERE = NAME + "l";
  private static final String NET = "10." + (192 + SELF / 256 % 32) + "." + SELF % 256 + ".";

  private LaptopNetwork() {}

  /**
   * Lays the cable.
   *
   * @throws TestAbortedException where that cannot be, which is also printed
   */
  static LaptopNetwork start() {
    LaptopNetwork network = new LaptopNetwork();
    try {
      ip("netns", "add", NAME);
      ip("link", "add", HERE, "type", "veth", "peer", "name", THERE, "netns", NAME);
      ip("address", "add", NET + "1/30", "dev", HERE);
      ip("link", "set", HERE, "up");
      ip("-n", NAME, "address", "add", NET + "2/30", "dev", THERE);
      ip("-n", NAME, "link", "set", THERE, "up");
      ip("-n", NAME, "link", "set", "lo", "up");
      return network;
    } catch (IOException e) {
      network.close();
      String reason = "no network namespace can be made here (Debian: iproute2; as root): " + e;
      System.out.println("SKIPPED: " + reason + ", so no network was cut");
      throw new TestAbortedException(reason);
    }
  }

  /** Of this machine, as the laptop sees it. */
  String address() {
    return NET + "1";
  }

  /** The words before a command of the laptop. */
  List<String> enter() {
    return List.of("ip", "netns", "exec", NAME);
  }

  void pull() throws IOException {
    ip("link", "set", HERE, "down");
  }

  void plugIn() throws IOException {
    ip("link", "set", HERE, "up");
  }

  private static void ip(String... words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("ip");
    builder.command().addAll(List.of(words));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes()).strip();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", builder.command()) + ": " + said);
    }
  }

  /** The cable goes with the namespace, once no process is left in it. */
  @Override
  public void close() {
    for (List<String> words :
        List.of(List.of("link", "del", HERE), List.of("netns", "del", NAME))) {
      try {
        ip(words.toArray(String[]::new));
      } catch (IOException e) {
        continue; // it was not made
      }
    }
  }
}
