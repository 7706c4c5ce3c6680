package dev.drover.journal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, asked of its kernel: name services may be slow, or not know it. */
final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");
  private static final String LOCAL = find();

  private HostName() {}

  static String local() {
    return LOCAL;
  }

  private static String find() {
    try {
      return Files.readString(KERNEL).strip();
    } catch (IOException e) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException unknown) {
        return "localhost";
      }
    }
  }
}
