package dev.drover.benchmark;

import dev.drover.template.JobScriptModel;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.util.List;
import java.util.Map;
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
      new JobScriptModel(
          "drover.htex.block-1",
          "/scratch/run/blocks/1",
          "/scratch/run/blocks/1/stdout",
          "/scratch/run/blocks/1/stderr",
          "/scratch/run/blocks/1/exit-code",
          List.of("java", "-jar", "/scratch/run/drover.jar", "worker-pool", "--block", "1"),
          Map.of("OMP_NUM_THREADS", "1"),
          "module load openmpi",
          2,
          64,
          null,
          null,
          3600L);
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
