package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code drover render} prints beside what a run submits. */
class RenderRealTest extends RealTest {
  @Test
  void settledRun_submitsTheVeryBytesThatWereRendered() throws IOException {
    drover.write(
        "mine.properties",
        "site.extends = local",
        "executor.port = " + FreePorts.first(1),
        "executor.java-options = -Xmx200m",
        "provider.job-name-prefix = mine",
        "provider.worker-init = export A='x y'\\ncd .",
        "provider.walltime = 30m",
        "provider.cores-per-node = 2",
        "worker.max-per-node = 1");
    String[] options = {
      "--site", "mine.properties", "--run-dir", "r", "--set", "worker.debug=true"
    };
    Drover.Ended before = drover.run(with("render", options)).exits(0);
    drover.run(with("run", options, "--", "test \"$A\" = 'x y'")).exits(0);
    Path submitted = home.resolve("r/blocks/b-0001/submit.sh");
    assertThat(before.out()).isEqualTo(Drover.text(submitted));
    // The run keeps its site, so that its directory alone tells it again.
    assertThat(drover.run("render", "--run-dir", "r").exits(0).out()).isEqualTo(before.out());
  }

  @Test
  void plainRun_differsInThePortAndTheTimeOnly() throws IOException {
    Drover.Ended rendered =
        drover
            .run("render", "--name", "n")
            .exits(0)
            .says("the port is chosen when the run starts", "named after the time");
    drover.run("run", "--name", "n", "--", "true").exits(0);
    Path run;
    try (Stream<Path> runs = Files.list(home.resolve("drover-runs"))) {
      run = runs.findFirst().orElseThrow();
    }
    String submitted = Drover.text(run.resolve("blocks/b-0001/submit.sh"));
    assertThat(submitted).isNotEqualTo(rendered.out());
    assertThat(settled(rendered.out())).isEqualTo(settled(submitted));
  }

  @Test
  void siteThatMakesNoScript_isTheUsersMistake_inARunToo() {
    String words = "this provider's job script has no directives";
    drover.run("render", "--set", "directives.skip=--mem").exits(2).says(words);
    drover
        .run("run", "--set", "directives.skip=--mem", "--", "true")
        .exits(2)
        .says("drover: site 'local': " + words)
        .saysNot("defect");
  }

  private static String settled(String script) {
    return script.replaceAll("\\d{8}-\\d{6}-n", "TIME-n").replaceAll("--port=\\d+", "--port=PORT");
  }

  private static String[] with(String command, String[] options, String... words) {
    return Stream.of(Stream.of(command), Stream.of(options), Stream.of(words))
        .flatMap(part -> part)
        .toArray(String[]::new);
  }
}
