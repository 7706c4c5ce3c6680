package dev.drover.cli.run;

import dev.drover.cli.tasks.TaskJudge;
import dev.drover.submit.TaskOptions;
import java.util.Objects;

/**
 * What a site says of the tasks of a run.
 *
 * @param options what a task has that says nothing of its retries
 * @param judge refuses tasks that no block can run
 */
public record SiteTerms(TaskOptions options, TaskJudge judge) {
  /** No retries, and nothing is refused. */
  public static final SiteTerms NONE = new SiteTerms(TaskOptions.DEFAULT, TaskJudge.NONE);

  public SiteTerms {
    Objects.requireNonNull(options);
    Objects.requireNonNull(judge);
  }
}
