package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
import dev.drover.site.SiteReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an interchange on a head node leaves that is told to end. */
@Timeout(300)
class InterchangeHostEndTest {
  @TempDir Path home;

  /** The signal's thread and the main one ran a race, and where the first won the lock was left. */
  @Test
  void toldToEnd_itLetsItsDirectoryGo_alsoWhereItsMainThreadDoesNotComeToThat() throws Exception {
    Path lock = home.resolve("r/lock");
    Path out = home.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StandingStill.class.getName(),
                home.resolve("r").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      await()
          .atMost(TestRun.PATIENCE)
          .until(() -> Files.exists(out) && Files.readString(out).contains("ready"));
      assertThat(lock).isNotEmptyFile();

      process.destroy(); // TERM

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(lock).isEmptyFile();
      RunDirectory.open(home.resolve("r")).close();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Its main thread does nothing any more once the host is there. */
  static final class StandingStill {
    private StandingStill() {}

    public static void main(String[] args) throws Exception {
      RunDirectory run = RunDirectory.openOrCreate(Path.of(args[0]));
      InterchangeHost.start(
          run,
          new SiteReader(Map.of()).read("local", List.of(), List.of("provider.init-blocks=0")),
          Path.of(args[0]).getParent(),
          OutputMode.PACKED,
          "test");
      System.out.println("ready");
      Thread.currentThread().join();
    }
  }
}
