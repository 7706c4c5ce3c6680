package dev.drover.provider.slurm;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a job's script ended: by a code, by a signal, or not at all, because it was never started.
 *
 * @param code 0 to 255; absent if a signal ended the script, or it did not start
 * @param signal that ended the script; absent if it ended by itself
 */
record SlurmExit(OptionalInt code, OptionalInt signal) {
  /** Nothing is known. */
  static final SlurmExit UNKNOWN = new SlurmExit(OptionalInt.empty(), OptionalInt.empty());

  private static final Pattern PAIR = Pattern.compile("([0-9]{1,3}):([0-9]{1,3})");
  private static final Pattern WAIT_STATUS = Pattern.compile("[0-9]{1,9}");

  /** Slurm's own number, which is no signal: the output files or the directory were not there. */
  private static final int NOT_STARTED = 53;

  /**
   * Reads {@code 3:0}, code and signal as {@code sacct} prints them, or {@code 768}, the wait
   * status that {@code squeue} prints.
   */
  static SlurmExit parse(String text) {
    Matcher pair = PAIR.matcher(text);
    if (pair.matches()) {
      return of(Integer.parseInt(pair.group(1)), Integer.parseInt(pair.group(2)));
    }
    if (WAIT_STATUS.matcher(text).matches()) {
      int status = Integer.parseInt(text);
      return of(status >> 8 & 0xff, status & 0x7f);
    }
    return UNKNOWN;
  }

  private static SlurmExit of(int code, int signal) {
    return signal == 0
        ? new SlurmExit(OptionalInt.of(code), OptionalInt.empty())
        : new SlurmExit(OptionalInt.empty(), OptionalInt.of(signal));
  }

  /** What became of the script, for a person; empty if that is not known, or nothing went wrong. */
  Optional<String> told() {
    if (signal.isPresent()) {
      return Optional.of(
          signal.getAsInt() == NOT_STARTED
              ? "Slurm could not start the script: its directory or its output files cannot be"
                  + " written on the node"
              : "signal " + signal.getAsInt() + " killed the script");
    }
    return code.isPresent() && code.getAsInt() != 0
        ? Optional.of("the job script ended with exit code " + code.getAsInt())
        : Optional.empty();
  }
}
