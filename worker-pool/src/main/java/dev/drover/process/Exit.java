package dev.drover.process;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How a child ended and what it used.
 *
 * @param exitCode 0 to 255; −1 when a signal ended it
 * @param signal the signal's number; 0 when it exited by itself
 * @param coreDumped whether it left a core file
 * @param user processor time in the program, with the descendants that it waited for
 * @param system processor time in the kernel, likewise
 * @param peakMemoryBytes the largest resident size of any one of its processes; empty when it
 *     stayed below about 9/8 of the manager's own peak, because Linux then reports the manager's
 *     (see {@link PeakMemory})
 */
public record Exit(
    int exitCode,
    int signal,
    boolean coreDumped,
    Duration user,
    Duration system,
    OptionalLong peakMemoryBytes) {

  static Exit of(int status, Duration user, Duration system, OptionalLong peakMemoryBytes) {
    int signal = status & 0x7f;
    return new Exit(
        signal == 0 ? status >> 8 & 0xff : -1,
        signal,
        (status & 0x80) != 0,
        user,
        system,
        peakMemoryBytes);
  }

  /** Whether it exited by itself with 0. */
  public boolean isSuccess() {
    return signal == 0 && exitCode == 0;
  }

  /** The code as a shell gives it: the exit code, or 128 + the signal. */
  public int shellCode() {
    return signal == 0 ? exitCode : 128 + signal;
  }
}
