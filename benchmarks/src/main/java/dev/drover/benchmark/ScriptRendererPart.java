package dev.drover.benchmark;

import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.job.ResourceSpec;
import dev.drover.template.JobScriptModel;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One job script out of a template that is already read; nanoseconds a script. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScriptRendererPart {
  private final JobScriptModel model =
      JobScriptModel.of(
          new JobSpec(
              "drover.htex.block-1",
              Path.of("/scratch/run/blocks/1"),
              List.of("java", "-jar", "/scratch/run/drover.jar", "worker-pool", "--block", "1"),
              new ResourceSpec(
                  2,
                  OptionalInt.of(64),
                  Optional.empty(),
                  OptionalInt.empty(),
                  Optional.of(Duration.ofHours(1))),
              Map.of("OMP_NUM_THREADS", "1"),
              "module load openmpi"),
          JobOptions.NONE,
          List.of("java", "-jar", "/scratch/run/drover.jar", "worker-pool", "--block", "1"));
  private ScriptRenderer renderer;

  @Setup
  public void read() throws ScriptRenderException {
    renderer = ScriptRenderer.shipped("local");
  }

  @Benchmark
  public String render() throws ScriptRenderException {
    return renderer.render(model);
  }
}
