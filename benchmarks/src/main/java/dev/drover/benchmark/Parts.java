package dev.drover.benchmark;

import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of single parts, each in a JVM of its own.
 *
 * <pre>Parts ITERATIONS [NAME]</pre>
 */
public final class Parts {
  private Parts() {}

  public static void main(String[] arguments) throws RunnerException {
    int iterations = Integer.parseInt(arguments[0]);
    Options options =
        new OptionsBuilder()
            .include(arguments.length > 1 ? arguments[1] : "dev\\.drover\\.benchmark\\..*Part\\.")
            .forks(1)
            .warmupIterations(iterations)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.seconds(1))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    for (RunResult result : results) {
      Figures.print(name(result), result.getPrimaryResult().getScore());
    }
  }

  private static String name(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    StringBuilder name = new StringBuilder("part.");
    name.append(
        benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1));
    result.getParams().getParamsKeys().stream()
        .sorted()
        .forEach(key -> name.append('.').append(result.getParams().getParam(key)));
    return name.toString();
  }
}
