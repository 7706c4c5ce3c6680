package dev.drover.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Processes and threads that a node starts in a hundredth of a second, at most. */
  private static final long MOST_STARTS_A_TICK = 1_000;

  private static final int USUAL_BYTES = 4_096;

  private final Path root;

  ProcFs(Path root) {
    this.root = root;
  }

  static ProcFs ofThisNode() {
    return OF_THIS_NODE;
  }

  /** All processes that can still run. */
  List<Stat> processes() {
    return alive(pids(), 0);
  }

  /**
   * The processes that can still run and were not started before another one. Where the kernel can
   * only have counted pids upwards since then, older ones are not even looked at: a node has
   * thousands.
   *
   * @param pid of that other one
   * @param startTicks when it was started; 0 = not known: all processes
   */
  List<Stat> processesSince(long pid, long startTicks) {
    List<Long> pids = pids();
    // Asked after the listing: no pid in it is newer.
    boolean upwards = startTicks > 0 && isFirstRoundSince(startTicks) && lastPid() >= pid;
    return alive(upwards ? pids.stream().filter(each -> each >= pid).toList() : pids, startTicks);
  }

  /** Whether too little time has passed for all pids to have been used up. */
  private boolean isFirstRoundSince(long startTicks) {
    try {
      double uptime = Double.parseDouble(text("uptime").split(" ", 2)[0]);
      long most = Long.parseLong(text("sys/kernel/pid_max").strip());
      return (uptime * 100 - startTicks) * MOST_STARTS_A_TICK < most;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  /** The pid that was given last; -1 = not known. */
  private long lastPid() {
    try {
      String load = text("loadavg").strip();
      return Long.parseLong(load.substring(load.lastIndexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  private String text(String file) throws IOException {
    try (InputStream in = new FileInputStream(root + "/" + file)) {
      return new String(allOf(in), StandardCharsets.ISO_8859_1);
    }
  }

  private List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (Character.isDigit(name.charAt(0))) {
          pids.add(Long.parseLong(name));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list the processes of this node in " + root, e);
    }
    return pids;
  }

  private List<Stat> alive(List<Long> pids, long sinceTicks) {
    List<Stat> alive = new ArrayList<>();
    for (long pid : pids) {
      stat(pid)
          .filter(stat -> stat.isAlive() && stat.startTicks() >= sinceTicks)
          .ifPresent(alive::add);
    }
    return alive;
  }

  Optional<Stat> stat(long pid) {
    return read(pid, "stat")
        .map(bytes -> parse(pid, new String(bytes, StandardCharsets.ISO_8859_1)));
  }

  /**
   * The entries of this name, {@code NAME=value}, in the environment that the process was started
   * with: one, unless somebody made it by hand.
   */
  List<String> environEntries(long pid, String name) {
    byte[] prefix = (name + "=").getBytes(StandardCharsets.UTF_8);
    return read(pid, "environ").map(environ -> entries(environ, prefix)).orElse(List.of());
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

  private static List<String> entries(byte[] environ, byte[] prefix) {
    List<String> entries = new ArrayList<>(1);
    for (int start = 0; start + prefix.length <= environ.length; ) {
      int end = start;
      while (end < environ.length && environ[end] != 0) {
        end++;
      }
      int same = Math.min(end, start + prefix.length);
      if (Arrays.equals(environ, start, same, prefix, 0, prefix.length)) {
        entries.add(new String(environ, start, end - start, StandardCharsets.UTF_8));
      }
      start = end + 1;
    }
    return entries;
  }

  /** The stream's own {@code readAllBytes} asks for the length first, and these files have none. */
  private static byte[] allOf(InputStream in) throws IOException {
    byte[] bytes = new byte[USUAL_BYTES];
    int length = 0;
    for (int read = in.read(bytes);
        read > 0;
        read = in.read(bytes, length, bytes.length - length)) {
      length += read;
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 4 * length);
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  private static long kibibytes(String status, String field) {
    int start = status.indexOf(field) + field.length();
    String value = status.substring(start, status.indexOf("kB", start)).strip();
    return Long.parseLong(value) * 1024;
  }

  /** A stream costs a third of what a channel does, as {@code Files.readAllBytes} opens one. */
  private Optional<byte[]> read(long pid, String file) {
    try (InputStream in = new FileInputStream(root + "/" + pid + "/" + file)) {
      byte[] bytes = allOf(in);
      return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
