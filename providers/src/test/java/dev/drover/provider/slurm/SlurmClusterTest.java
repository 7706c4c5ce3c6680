package dev.drover.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SkipAloud;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The script that plays the cluster, as a script. */
class SlurmClusterTest {
  private static CommandResult run(String... argv) throws Exception {
    return new LocalHeadNode().run(Command.of(Duration.ofSeconds(60), List.of(argv)));
  }

  @Test
  void script_pleasesShellCheck() throws Exception {
    boolean present = run("shellcheck", "--version").succeeded();
    SkipAloud.unless(present, "shellcheck is not installed, so clusters/slurm was not checked");
    CommandResult result = run("shellcheck", "src/test/clusters/slurm");
    assertThat(result.exitCode()).as(result.stdout()).isZero();
  }

  @Test
  void script_tellsWhatItKnows_whenItIsAskedForNothing() throws Exception {
    CommandResult result = run("src/test/clusters/slurm", "no-such-verb");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("crash-node NODE").doesNotContain("set -euo");
  }
}
