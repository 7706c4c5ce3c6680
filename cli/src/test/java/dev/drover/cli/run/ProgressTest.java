package dev.drover.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import dev.drover.submit.ExecutorStatus;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Optional<String> NONE = Optional.empty();

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void plainLines_comeEverMoreRarely() {
    Progress progress = progress(Progress.Mode.PLAIN, 80);
    for (int second = 1; second <= 10; second++) {
      progress.tick(second * SECOND, new Tally(1000, second * 10, second, 0, 0, 0), status(4, 4));
    }
    assertThat(text())
        .isEqualTo(
            """
            drover: 22/1,000 done (2 %), 2 failed, 4 running, 11.0/s, ETA 1m29s
            drover: 55/1,000 done (5 %), 5 failed, 4 running, 11.0/s, ETA 1m26s
            drover: 110/1,000 done (11 %), 10 failed, 4 running, 11.0/s, ETA 1m21s
            """);
  }

  @Test
  void liveLine_fitsTheTerminal_andGoesAway() {
    Progress progress = progress(Progress.Mode.LIVE, 30);
    progress.tick(SECOND, new Tally(1000, 250, 0, 0, 0, 0), status(4, 4));
    progress.clear();
    assertThat(text()).isEqualTo("\r\u001B[K250/1,000 done (25 %), 4 run…\r\u001B[K");
  }

  @Test
  void liveLine_onAWideTerminal_hasABar() {
    progress(Progress.Mode.LIVE, 120).tick(SECOND, new Tally(1000, 250, 0, 0, 0, 0), status(4, 4));
    assertThat(text())
        .isEqualTo(
            "\r\u001B[K[####            ] 250/1,000 done (25 %), 4 running, 250/s, ETA 3.0 s");
  }

  @Test
  void withoutWorkers_itSaysWhatIsWaitedFor() {
    progress(Progress.Mode.PLAIN, 80).tick(3 * SECOND, Tally.of(5), status(0, 0));
    assertThat(text())
        .isEqualTo("drover: 0/5 done (0 %), waiting for workers: block b1 queued (Priority)\n");
  }

  @Test
  void withoutAConnectionToTheHeadNode_itSaysSo_inPlaceOfOldFigures() {
    Progress progress = progress(Progress.Mode.PLAIN, 80);
    Tally some = new Tally(5, 2, 0, 0, 0, 0);
    progress.tick(3 * SECOND, some, status(4, 3).seenFromAfar(Duration.ofSeconds(4), NONE));
    progress.tick(9 * SECOND, some, status(4, 3).seenFromAfar(Duration.ofSeconds(10), NONE));
    assertThat(text().lines())
        .containsExactly(
            "drover: 2/5 done (40 %), 3 running, 0.7/s, ETA 4.5 s",
            "drover: 2/5 done (40 %), no connection for 10.0 s; it goes on there");
  }

  @Test
  void meter_followsAChangeOfRate_andKnowsNoEtaWithoutOne() {
    ProgressMeter meter = new ProgressMeter(0, 0);
    assertThat(meter.remaining(10)).isEmpty();
    for (int second = 1; second <= 100; second++) {
      meter.update(second * SECOND, second * 10L);
    }
    assertThat(meter.remaining(100)).contains(Duration.ofSeconds(10));
    for (int second = 101; second <= 300; second++) {
      meter.update(second * SECOND, 1000 + (second - 100) * 20L);
    }
    assertThat(meter.rate()).isBetween(19.9, 20.0);
  }

  private Progress progress(Progress.Mode mode, int columns) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Progress(
        new Console(InputStream.nullInputStream(), stream, stream, true, columns), mode, 0, 0);
  }

  private static ExecutorStatus status(int slots, long assigned) {
    return new ExecutorStatus(
        0,
        assigned,
        0,
        0,
        slots,
        List.of(),
        List.of(new ExecutorStatus.Block("b1", "17", "queued", 0, "Priority")),
        Optional.empty());
  }

  private String text() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
