package dev.drover.cli.run;

import dev.drover.submit.TaskReport;
import dev.drover.task.TaskSpec;

/**
 * A task that did not succeed, for the summary.
 *
 * @param index place in its array; -1 = no array task
 */
record FailedTask(TaskReport report, TaskSpec spec, long index) {}
