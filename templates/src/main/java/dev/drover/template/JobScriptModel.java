package dev.drover.template;

import dev.drover.job.ByteSize;
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
 * @param exitCodeFile the file that the script writes its exit code to
 * @param command the argv that the launcher made; {@code ${sh(command)}} writes the whole line
 * @param environment name to value, in the order of the names
 * @param workerInit shell text, or {@code null}
 * @param nodes one or more
 * @param coresPerNode or {@code null}
 * @param memoryPerNodeMib in mebibytes, rounded up, or {@code null}
 * @param acceleratorsPerNode or {@code null}
 * @param walltimeSeconds or {@code null}
 */
public record JobScriptModel(
    String jobName,
    String directory,
    String stdout,
    String stderr,
    String exitCodeFile,
    List<String> command,
    Map<String, String> environment,
    String workerInit,
    int nodes,
    Integer coresPerNode,
    Long memoryPerNodeMib,
    Integer acceleratorsPerNode,
    Long walltimeSeconds) {

  /**
   * The model of a job.
   *
   * @param launched the job's command as the launcher spread it over the block's nodes
   */
  public static JobScriptModel of(JobSpec spec, List<String> launched) {
    ResourceSpec resources = spec.resources();
    return new JobScriptModel(
        spec.name(),
        spec.directory().toString(),
        spec.stdout().toString(),
        spec.stderr().toString(),
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
        resources.walltime().map(Duration::toSeconds).orElse(null));
  }
}
