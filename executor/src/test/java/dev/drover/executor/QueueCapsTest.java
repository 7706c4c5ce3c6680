package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.block.BlockScaler;
import dev.drover.block.BlockSettings;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a queue lets a user have bounds the blocks that are asked for. */
class QueueCapsTest {
  @TempDir Path directory;

  private BlockSettings blocks(String... limits) throws IOException {
    Path file = directory.resolve("s.properties");
    String site =
        "provider.type = slurm\nprovider.queue = auto\nprovider.max-blocks = 8\n"
            + "provider.submit-interval = 0\n";
    Files.writeString(file, site + String.join("\n", limits) + "\n");
    return new SiteSettings(new SiteReader(Map.of()).read(file.toString()), directory).blocks();
  }

  private static int asked(BlockSettings settings) {
    return BlockScaler.decide(new BlockScaler.Load(1_000), List.of(), 1, settings).submit();
  }

  @Test
  void theSmallestBound_ofSiteAndQueue_holds() throws Exception {
    assertThat(asked(blocks("queue.debug.max-nodes = 2"))).isEqualTo(8);
    assertThat(asked(blocks("queue.debug.max-queued = 5"))).isEqualTo(5);
    assertThat(asked(blocks("queue.debug.max-queued = 5", "queue.debug.max-running = 2")))
        .isEqualTo(2);
    assertThat(asked(blocks("queue.debug.max-queued = 50"))).isEqualTo(8);
  }

  @Test
  void theQueueThatAutoChooses_isTheOneThatCounts() throws Exception {
    assertThat(
            asked(
                blocks(
                    "provider.walltime = 2h",
                    "queue.debug.max-walltime = 1h",
                    "queue.debug.max-queued = 1",
                    "queue.batch.max-queued = 3")))
        .isEqualTo(3);
  }
}
