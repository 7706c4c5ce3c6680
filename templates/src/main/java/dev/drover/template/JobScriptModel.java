package dev.drover.template;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a template sees, under the names of the components: flat, and {@code null} when absent, so
 * that {@code <#if walltimeSeconds??>} asks for it.
 *
 * @param jobName the job's unique name
 * @param directory the block's
 * @param stdout the file for the job's standard output
 * @param stderr the file for the job's standard error
 * @param schedulerOutput the file for what the scheduler itself prints, where the script redirects
 *     its own output
 * @param exitCodeFile the file that the script writes its exit code to
 * @param command the argv that the launcher made; {@code ${sh(command)}} writes the whole line
 * @param environment name to value, in the order of the names
 * @param workerInit shell text, or {@code null}
 * @param nodes one or more
 * @param coresPerNode or {@code null}
 * @param memoryPerNodeMib in mebibytes, rounded up, or {@code null}
 * @param acceleratorsPerNode or {@code null}
 * @param walltimeSeconds or {@code null}
 * @param account or {@code null}
 * @param queue or partition, or {@code null}
 * @param qos or {@code null}
 * @param reservation or {@code null}
 * @param constraint or {@code null}
 * @param clusters or {@code null}
 * @param gres or {@code null}
 * @param selectOptions or {@code null}; without a leading colon
 * @param parallelEnvironment or {@code null}
 * @param exclusive whether no other job may share the nodes
 * @param filesystems with colons between, or {@code null}
 */
public record JobScriptModel(
    String jobName,
    String directory,
    String stdout,
    String stderr,
    String schedulerOutput,
    String exitCodeFile,
    List<String> command,
    Map<String, String> environment,
    String workerInit,
    int nodes,
    Integer coresPerNode,
    Long memoryPerNodeMib,
    Integer acceleratorsPerNode,
    Long walltimeSeconds,
    String account,
    String queue,
    String qos,
    String reservation,
    String constraint,
    String clusters,
    String gres,
    String selectOptions,
    String parallelEnvironment,
    boolean exclusive,
    String filesystems) {

  /**
   * The model of a job.
   *
   * @param options what the site asks of its scheduler for every job
   * @param launched the job's command as the launcher spread it over the block's nodes
   */
  public static JobScriptModel of(JobSpec spec, JobOptions options, List<String> launched) {
    ResourceSpec resources = spec.resources();
    return new JobScriptModel(
        spec.name(),
        spec.directory().toString(),
        spec.stdout().toString(),
        spec.stderr().toString(),
        spec.schedulerOutput().toString(),
        spec.exitCodeFile().toString(),
        List.copyOf(launched),
        spec.environment(),
        spec.workerInit().isBlank() ? null : spec.workerInit().stripTrailing(),
        resources.nodes(),
        resources.coresPerNode().isPresent() ? resources.coresPerNode().getAsInt() : null,
        resources.memoryPerNode().map(ByteSize::mebibytesRoundedUp).orElse(null),
        resources.acceleratorsPerNode().isPresent()
            ? resources.acceleratorsPerNode().getAsInt()
            : null,
        resources.walltime().map(JobScriptModel::wholeSeconds).orElse(null),
        options.account().orElse(null),
        options.queue().orElse(null),
        options.qos().orElse(null),
        options.reservation().orElse(null),
        options.constraint().orElse(null),
        options.clusters().orElse(null),
        options.gres().orElse(null),
        options
            .selectOptions()
            .map(text -> text.startsWith(":") ? text.substring(1) : text)
            .orElse(null),
        options.parallelEnvironment().orElse(null),
        options.exclusive(),
        options.filesystems().orElse(null));
  }

  /** Rounded up, so that a job gets no less than was asked for. */
  private static long wholeSeconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
