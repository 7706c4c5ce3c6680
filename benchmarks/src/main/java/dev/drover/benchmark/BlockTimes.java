package dev.drover.benchmark;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.site.SiteKeys;
import dev.drover.submit.TaskReport;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * From a job's start to its first task's, and from the death of a block to its task's next start.
 * Real jobs of the local provider, asked about with the period of a batch scheduler; the block dies
 * as a node does, all its processes at once.
 *
 * <pre>BlockTimes NAME</pre>
 */
public final class BlockTimes {
  private static final String NOTE_START = "date +%s%N >started; echo $$ >session";

  private BlockTimes() {}

  public static void main(String[] arguments) throws Exception {
    try (HighThroughputExecutor executor =
        HighThroughputExecutor.onSite("local")
            .set(SiteKeys.WORKER_MAX_PER_NODE, 1)
            .set(SiteKeys.PROVIDER_WORKER_INIT, NOTE_START)
            .set(SiteKeys.PROVIDER_POLL_PERIOD, Optional.of(Duration.ofSeconds(15)))
            .runsIn(Path.of("drover-runs"))
            .name("benchmark")
            .start()) {
      TaskReport first = executor.run(TaskWork.Shell.line("true")).get();
      Path block = executor.runDirectory().resolve("blocks").resolve(first.block());
      double startMicros = Long.parseLong(text(block.resolve("started"))) / 1e3;
      Figures.print(
          arguments[0] + ".job-to-task", (first.outcome().startedMicros() - startMicros) / 1e6);

      Path running = Files.createTempDirectory("drover-benchmark").resolve("running");
      var again =
          executor.run(
              TaskWork.Shell.line(
                  "test -e " + running + " || { touch " + running + "; sleep 600; }"));
      while (!Files.exists(running)) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      // Beyond the time in which a young block is looked at more often.
      TimeUnit.SECONDS.sleep(40);
      long killed = System.currentTimeMillis() * 1000;
      new ProcessBuilder("pkill", "-KILL", "-s", text(block.resolve("session"))).start().waitFor();
      TaskReport second = again.get();
      Figures.print(
          arguments[0] + ".death-to-task", (second.outcome().startedMicros() - killed) / 1e6);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file).strip();
  }
}
