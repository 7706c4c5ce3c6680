package dev.drover.cli.run;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.Figures;
import dev.drover.submit.ExecutorStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * Shows how far a run is, on stderr: one line that redraws itself on a terminal, else plain lines
 * that come ever more rarely, from every 2 s to every minute. Used by the main thread.
 */
final class Progress {
  /** How progress is shown. */
  enum Mode {
    LIVE,
    PLAIN,
    NONE
  }

  private static final long SECOND = 1_000_000_000L;
  private static final long FIRST_PLAIN = 2 * SECOND;
  private static final long LAST_PLAIN = 60 * SECOND;

  /** Shorter pauses are ordinary. */
  private static final Duration WORTH_TELLING = Duration.ofSeconds(5);

  private static final int LEAST_FOR_BAR = 90;
  private static final int BAR = 16;
  private static final String ERASE = "\r\u001B[K";

  private final Console console;
  private final Mode mode;
  private final ProgressMeter meter;
  private long nextPlain;
  private long interval = FIRST_PLAIN;
  private boolean drawn;

  Progress(Console console, Mode mode, long startNanos, long alreadyEnded) {
    this.console = console;
    this.mode = mode;
    this.meter = new ProgressMeter(startNanos, alreadyEnded);
    this.nextPlain = startNanos + FIRST_PLAIN;
  }

  /** Draws what has to be drawn at this time. */
  void tick(long nowNanos, Tally tally, ExecutorStatus status) {
    meter.update(nowNanos, tally.ended());
    switch (mode) {
      case LIVE -> {
        console.err().print(ERASE + fitted(line(tally, status)));
        console.err().flush();
        drawn = true;
      }
      case PLAIN -> {
        if (nowNanos - nextPlain >= 0) {
          console.err().println("drover: " + line(tally, status));
          interval = Math.min(LAST_PLAIN, interval * 3 / 2);
          nextPlain = nowNanos + interval;
        }
      }
      case NONE -> {}
    }
  }

  /** Takes the live line away, so that something else can be printed. */
  void clear() {
    if (drawn) {
      console.err().print(ERASE);
      console.err().flush();
      drawn = false;
    }
  }

  /** How long the caller may wait until the next tick, in milliseconds. */
  long tickMillis() {
    return mode == Mode.LIVE ? 100 : 500;
  }

  private String line(Tally tally, ExecutorStatus status) {
    long total = Math.max(1, tally.total());
    StringBuilder text = new StringBuilder();
    text.append(Figures.count(tally.ended())).append('/').append(Figures.count(tally.total()));
    text.append(" done (").append(tally.ended() * 100 / total).append(" %)");
    long bad = tally.failed() + tally.dependencyFailed();
    text.append(bad == 0 ? "" : ", " + Figures.count(bad) + " failed");
    text.append(
        tally.cancelled() == 0 ? "" : ", " + Figures.count(tally.cancelled()) + " cancelled");
    if (status.outOfTouch().compareTo(WORTH_TELLING) >= 0) {
      return text.append(", no connection for ")
          .append(Figures.time(status.outOfTouch()))
          .append("; it goes on there")
          .toString();
    }
    if (status.slots() == 0 && tally.open() > 0) {
      return text.append(", ").append(waiting(status)).toString();
    }
    text.append(", ").append(Figures.count(status.assigned())).append(" running");
    if (meter.rate() > 0) {
      text.append(", ").append(Figures.rate(meter.rate()));
      meter
          .remaining(tally.open())
          .ifPresent(left -> text.append(", ETA ").append(Figures.time(left)));
    }
    if (mode == Mode.LIVE && console.columns() >= LEAST_FOR_BAR) {
      text.insert(0, bar(tally.ended() * BAR / total));
    }
    return text.toString();
  }

  /** What the newest block that is not over waits for. */
  private static String waiting(ExecutorStatus status) {
    Optional<ExecutorStatus.Block> newest =
        status.blocks().stream()
            .filter(block -> !block.state().equals("ended"))
            .max(Comparator.comparing(ExecutorStatus.Block::id));
    return newest
        .map(
            block ->
                "waiting for workers: block "
                    + block.id()
                    + " "
                    + block.state()
                    + block.reason().lines().findFirst().map(text -> " (" + text + ")").orElse(""))
        .orElse("waiting for workers");
  }

  private static String bar(long filled) {
    return "[" + "#".repeat((int) filled) + " ".repeat(BAR - (int) filled) + "] ";
  }

  private String fitted(String line) {
    int room = console.columns() - 1;
    return line.length() <= room ? line : line.substring(0, room - 1) + "…";
  }
}
