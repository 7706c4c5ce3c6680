package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.site.Site;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site's keys mean to blocks and jobs. */
class SiteSettingsTest {
  @TempDir Path directory;

  private SiteSettings settings(String... more) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("mine.properties"),
            """
            provider.type = pbspro
            launcher.type = mpiexec
            provider.filesystems = home:flare
            provider.max-blocks = 20
            queue.debug.max-nodes = 2
            queue.debug.max-queued = 1
            queue.small.submit-to = prod
            queue.small.min-nodes = 3
            queue.small.max-queued = 9
            queue.small.max-running = 5
            """);
    Site site = new SiteReader(Map.of()).read(file.toString(), List.of(), List.of(more));
    return new SiteSettings(site, directory);
  }

  @Test
  void blocks_areNoMoreThanTheQueueLetsAUserHave() throws IOException {
    assertThat(settings("provider.queue=debug").blocks().max()).isEqualTo(1);
    assertThat(settings("provider.queue=auto", "provider.nodes-per-block=4").blocks().max())
        .isEqualTo(5);
    assertThat(
            settings("provider.queue=prod", "provider.nodes-per-block=4", "provider.max-blocks=2")
                .blocks()
                .max())
        .isEqualTo(2);
    assertThat(settings("provider.queue=other").blocks().max()).isEqualTo(20);
  }

  @Test
  void jobs_areAskedForInTheQueueThatWasChosen_andOnTheSitesFilesystems() throws IOException {
    var options =
        settings("provider.queue=auto", "provider.nodes-per-block=4")
            .scheduler()
            .settings()
            .options();
    assertThat(options.queue()).contains("prod");
    assertThat(options.filesystems()).contains("home:flare");
  }
}
