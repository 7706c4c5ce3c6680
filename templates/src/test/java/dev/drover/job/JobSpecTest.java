package dev.drover.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSpecTest {
  private static final Path DIRECTORY = Path.of("/run/blocks/b-0001");

  private static JobSpec spec(
      String name, Path directory, List<String> command, Map<String, String> environment) {
    return new JobSpec(name, directory, command, ResourceSpec.ofNodes(1), environment, "");
  }

  @Test
  void files_lieInTheBlocksDirectory() {
    JobSpec spec = spec("b-0001", DIRECTORY, List.of("true"), Map.of());
    assertThat(List.of(spec.script(), spec.stdout(), spec.stderr(), spec.exitCodeFile()))
        .map(Path::toString)
        .containsExactly(
            "/run/blocks/b-0001/submit.sh",
            "/run/blocks/b-0001/stdout",
            "/run/blocks/b-0001/stderr",
            "/run/blocks/b-0001/exit-code");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1block", "a b", "a\nb", "a/b", "-a"})
  void name_mustSuitEveryScheduler(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(name, DIRECTORY, List.of("true"), Map.of()))
        .withMessageContaining("must begin with a letter");
  }

  @Test
  void directory_mustBeAbsolute_andPrintable() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec("b", Path.of("blocks/b"), List.of("true"), Map.of()))
        .withMessageContaining("absolute");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec("b", Path.of("/run/a\nb"), List.of("true"), Map.of()))
        .withMessageContaining("control character");
  }

  @Test
  void command_mustNotBeEmpty() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec("b", DIRECTORY, List.of(), Map.of()))
        .withMessageContaining("empty command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1A", "A-B", "A=B", "A;true"})
  void environment_refusesNamesThatNoShellExports(String variable) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec("b", DIRECTORY, List.of("true"), Map.of(variable, "x")))
        .withMessageContaining("no shell can export");
  }

  @Test
  void resources_refuseWhatNoNodeHas_andNameTheMend() {
    OptionalInt none = OptionalInt.empty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResourceSpec.ofNodes(0))
        .withMessageContaining("nodes is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ResourceSpec(1, OptionalInt.of(0), Optional.empty(), none, Optional.empty()))
        .withMessageContaining("cores per node is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ResourceSpec(1, none, Optional.of(new ByteSize(0)), none, Optional.empty()))
        .withMessageContaining("memory per node");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ResourceSpec(1, none, Optional.empty(), OptionalInt.of(-1), Optional.empty()))
        .withMessageContaining("accelerators per node is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ResourceSpec(1, none, Optional.empty(), none, Optional.of(Duration.ZERO)))
        .withMessageContaining("walltime");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1 2", "1\n"})
  void jobId_refusesWhiteSpace(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JobId(value))
        .withMessageContaining("job id");
  }

  @Test
  void statusOfExitCode_tellsCompletedFromFailedFromCancelled() {
    assertThat(JobStatus.ofExitCode(0, Instant.EPOCH).state()).isEqualTo(JobState.COMPLETED);
    assertThat(JobStatus.ofExitCode(143, Instant.EPOCH).state()).isEqualTo(JobState.CANCELLED);
    JobStatus failed = JobStatus.ofExitCode(3, Instant.EPOCH);
    assertThat(failed.state()).isEqualTo(JobState.FAILED);
    assertThat(failed.exitCode()).hasValue(3);
    assertThat(failed.reason()).contains("exit code 3");
  }

  @Test
  void timedOut_isTerminal_andUnknownIsNot() {
    assertThat(JobState.TIMED_OUT.isTerminal()).isTrue();
    assertThat(JobState.UNKNOWN.isTerminal()).isFalse();
    assertThat(JobState.HELD.isTerminal()).isFalse();
  }
}
