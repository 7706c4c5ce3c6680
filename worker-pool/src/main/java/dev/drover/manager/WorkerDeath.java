package dev.drover.manager;

import dev.drover.task.Ending;
import java.util.Objects;

/**
 * How a worker JVM ended.
 *
 * @param ending what that means for the task that it was running
 * @param exitCode 0..255, -1 = a signal ended it
 * @param signal number, 0 = none
 * @param message the cause and the mend
 * @param tail the last part of what it wrote
 */
record WorkerDeath(Ending ending, int exitCode, int signal, String message, String tail) {
  WorkerDeath {
    Objects.requireNonNull(ending);
    Objects.requireNonNull(message);
    Objects.requireNonNull(tail);
  }
}
