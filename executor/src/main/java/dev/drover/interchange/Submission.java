package dev.drover.interchange;

import dev.drover.executor.TaskBatch;

/**
 * A batch with the ids that its tasks have.
 *
 * @param firstId id of the first task; the others follow
 */
public record Submission(long firstId, TaskBatch batch) {}
