package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.job.ByteSize;
import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whole job scripts: the blocks that they are for, what they should read, what tools say of them.
 */
final class GoldenScript {
  private GoldenScript() {}

  /** The text of {@code golden/NAME.sh} in the test resources. */
  static String golden(String name) throws IOException {
    try (var stream = GoldenScript.class.getResourceAsStream("/golden/" + name + ".sh")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The script of the shipped template, with no launcher before the block's command. */
  static String render(String template, JobSpec spec, JobOptions options) throws Exception {
    return ScriptRenderer.shipped(template)
        .render(JobScriptModel.of(spec, options, spec.command()));
  }

  /** A block that asks for all that a block can ask for, in a directory that needs quotes. */
  static JobSpec largeBlock(String... command) {
    return new JobSpec(
        "drover-b-0007",
        Path.of("/scratch/it's 50% here/b-0007"),
        List.of(command),
        new ResourceSpec(
            2,
            OptionalInt.of(64),
            Optional.of(ByteSize.parse("1.5GiB")),
            OptionalInt.of(4),
            Optional.of(Duration.ofSeconds(3601))),
        Map.of("OMP_NUM_THREADS", "1"),
        "module load jdk");
  }

  /** A block that asks for these resources, and for nothing else. */
  static JobSpec plainBlock(ResourceSpec resources) {
    return new JobSpec(
        "b-0001", Path.of("/run/b-0001"), List.of("java", "-version"), resources, Map.of(), "");
  }

  /** A block of a worker pool in that directory. */
  static JobSpec poolBlock(String directory, ResourceSpec resources) {
    return new JobSpec(
        "b-0007",
        Path.of(directory),
        List.of("java", "-jar", "/opt/drover.jar", "worker-pool", "--name", "two words"),
        resources,
        Map.of("OMP_NUM_THREADS", "1"),
        "module load java");
  }

  /** The lines that speak to the scheduler. */
  static List<String> directives(String prefix, String script) {
    return script.lines().filter(line -> line.startsWith(prefix + " ")).toList();
  }

  static void assertParses(String script) throws Exception {
    assertClean(script, "bash", "-n");
  }

  static void assertPleasesShellCheck(String script) throws Exception {
    assertClean(script, "shellcheck", "--shell=bash", "-");
  }

  /** Runs a tool over the script's text; the test is skipped, aloud, where the tool is missing. */
  private static void assertClean(String script, String... tool) throws Exception {
    boolean present = new ProcessBuilder("which", tool[0]).start().waitFor() == 0;
    if (!present) {
      System.out.println(
          "SKIPPED: " + tool[0] + " is not installed, so the script was not checked by it");
    }
    assumeTrue(present, tool[0] + " is not installed");
    Process process = new ProcessBuilder(tool).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(script.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
