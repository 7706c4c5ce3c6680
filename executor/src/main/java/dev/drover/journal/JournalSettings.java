package dev.drover.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a journal's owner decides about it.
 *
 * @param syncInterval longest time that a written entry may wait until it is forced to the disk, so
 *     that it survives the machine too (it survives the process at once); zero = every batch is
 *     forced before its callbacks run; default 1 s
 * @param onFailure told once, on the journal's thread, when the journal can no longer be written
 */
public record JournalSettings(Duration syncInterval, Consumer<IOException> onFailure) {
  public JournalSettings {
    Objects.requireNonNull(onFailure);
    if (syncInterval.isNegative()) {
      throw new IllegalArgumentException("a sync interval cannot be negative: " + syncInterval);
    }
  }

  /** Forces once a second. */
  public static JournalSettings with(Consumer<IOException> onFailure) {
    return new JournalSettings(Duration.ofSeconds(1), onFailure);
  }
}
