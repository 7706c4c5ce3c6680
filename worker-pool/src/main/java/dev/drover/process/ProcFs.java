package dev.drover.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the processes of this node out of {@code /proc}. One that ends while it is read is left
 * out.
 */
final class ProcFs {
  private static final ProcFs OF_THIS_NODE = new ProcFs(Path.of("/proc"));

  /**
   * One process as its {@code stat} file shows it; {@code startTicks} counts from the node's start.
   */
  record Stat(long pid, char state, long parent, long group, long session, long startTicks) {
    /** Whether it can still run; one that only waits to be reaped cannot. */
    boolean isAlive() {
      return state != 'Z' && state != 'X' && state != 'x';
    }
  }

  /** Resident memory of one process, in bytes: now, and its peak. */
  record Resident(long nowBytes, long peakBytes) {}

  private final Path root;

  ProcFs(Path root) {
    this.root = root;
  }

  static ProcFs ofThisNode() {
    return OF_THIS_NODE;
  }

  /** All processes that can still run. */
  List<Stat> processes() {
    List<Stat> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (Character.isDigit(name.charAt(0))) {
          stat(Long.parseLong(name)).filter(Stat::isAlive).ifPresent(all::add);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list the processes of this node in " + root, e);
    }
    return all;
  }

  Optional<Stat> stat(long pid) {
    return read(pid, "stat")
        .map(bytes -> parse(pid, new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  /** Whether the environment that the process was started with holds exactly this entry. */
  boolean environHolds(long pid, byte[] entry) {
    return read(pid, "environ").map(environ -> holds(environ, entry)).orElse(false);
  }

  /** The resident memory of a process; empty when it has ended. */
  Optional<Resident> resident(long pid) {
    return read(pid, "status")
        .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
        .filter(status -> status.contains("\nVmHWM:"))
        .map(status -> new Resident(kibibytes(status, "\nVmRSS:"), kibibytes(status, "\nVmHWM:")));
  }

  /** The signals that this process ignores: bit <em>n</em> − 1 stands for signal <em>n</em>. */
  long ignoredSignals() {
    try {
      for (String line :
          Files.readAllLines(root.resolve("self/status"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("SigIgn:")) {
          return Long.parseUnsignedLong(line.substring(7).strip(), 16);
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  static Stat parse(long pid, String stat) {
    // The name, in parentheses, may hold anything; what follows the last one is fields.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 21);
    return new Stat(
        pid,
        fields[0].charAt(0),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Long.parseLong(fields[3]),
        Long.parseLong(fields[19]));
  }

  static boolean holds(byte[] environ, byte[] entry) {
    for (int start = 0; start + entry.length <= environ.length; ) {
      int end = start;
      while (end < environ.length && environ[end] != 0) {
        end++;
      }
      if (java.util.Arrays.equals(environ, start, end, entry, 0, entry.length)) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  private static long kibibytes(String status, String field) {
    int start = status.indexOf(field) + field.length();
    String value = status.substring(start, status.indexOf("kB", start)).strip();
    return Long.parseLong(value) * 1024;
  }

  private Optional<byte[]> read(long pid, String file) {
    try {
      byte[] bytes = Files.readAllBytes(root.resolve(Long.toString(pid)).resolve(file));
      return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
