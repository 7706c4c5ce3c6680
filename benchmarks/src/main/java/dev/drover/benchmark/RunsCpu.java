package dev.drover.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * CPU time that a run took so far, both sides of it: this process, its managers, and the commands
 * of theirs that have ended. A figure that a busy machine changes less than a rate.
 */
final class RunsCpu {
  /** The kernel's unit of process times on Linux, whatever its own clock is. */
  private static final double MICROS_PER_TICK = 10_000;

  /** In {@code /proc/<pid>/stat}, counted behind the program's name: own and waited-for times. */
  private static final int FIRST_TIME = 11;

  private static final int TIMES = 4;

  private final long[] pids;

  /** Of the run in this directory, whose managers have all started on this machine. */
  RunsCpu(Path runDirectory) {
    String argument = "--run-dir=" + runDirectory.toAbsolutePath();
    long[] managers =
        ProcessHandle.allProcesses()
            .filter(process -> isManager(process, argument))
            .mapToLong(ProcessHandle::pid)
            .toArray();
    if (managers.length == 0) {
      throw new IllegalStateException("no manager with " + argument);
    }
    pids = Arrays.copyOf(managers, managers.length + 1);
    pids[managers.length] = ProcessHandle.current().pid();
  }

  private static boolean isManager(ProcessHandle process, String argument) {
    return Stream.of(process.info().arguments().orElse(new String[0])).anyMatch(argument::equals);
  }

  double micros() throws IOException {
    double micros = 0;
    for (long pid : pids) {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      for (int i = FIRST_TIME; i < FIRST_TIME + TIMES; i++) {
        micros += Long.parseLong(words[i]) * MICROS_PER_TICK;
      }
    }
    return micros;
  }
}
