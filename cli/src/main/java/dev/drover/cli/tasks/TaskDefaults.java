package dev.drover.cli.tasks;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskOptions;
import java.time.Duration;
import java.util.Objects;

/**
 * What every task of a source has unless its own line says otherwise.
 *
 * @param timeout longest run time of one attempt; zero = no limit
 * @param completion told of the end of each task
 */
public record TaskDefaults(TaskOptions options, Duration timeout, Completion completion) {
  public TaskDefaults {
    Objects.requireNonNull(options);
    Objects.requireNonNull(timeout);
    Objects.requireNonNull(completion);
  }
}
