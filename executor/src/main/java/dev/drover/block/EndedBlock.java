package dev.drover.block;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A block that is over, as error handlers see it.
 *
 * @param directory with its job script and what the job printed
 * @param reason in the scheduler's words where it gave some
 */
public record EndedBlock(BlockId id, BlockEnd end, Path directory, String reason) {
  public EndedBlock {
    Objects.requireNonNull(id);
    Objects.requireNonNull(end);
    Objects.requireNonNull(directory);
    Objects.requireNonNull(reason);
  }

  /** Whether nothing of the user's could run in it. */
  public boolean hasFailed() {
    return end.isFailure();
  }
}
