package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.block.Takeover.LeftBlock;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import dev.drover.provider.Provider;
import dev.drover.provider.StatusUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What becomes of blocks of an earlier process. Time is moved; no scheduler is there. */
class TakeoverTest {
  private static final JobId JOB = new JobId("4711");
  private static final LeftBlock LEFT =
      new LeftBlock(BlockId.of(1), Optional.of(JOB), Path.of("/run/blocks/b-0001"));
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Clock clock = new Clock();
  private final List<Duration> cancels = new ArrayList<>();
  private final List<Duration> answers = new ArrayList<>();
  private Function<Duration, Optional<JobState>> scheduler = time -> Optional.empty();
  private Function<Duration, Boolean> unavailable = time -> false;
  private Function<Duration, Boolean> hasManager = time -> false;
  private boolean findThisProcess;

  private static final class Clock implements Pauses {
    private Duration passed = Duration.ZERO;

    @Override
    public long nanoTime() {
      return 1 + passed.toNanos();
    }

    @Override
    public void pause(long millis) {
      passed = passed.plusMillis(millis);
    }
  }

  private final Provider provider =
      new Provider() {
        @Override
        public Map<JobId, JobStatus> status(Set<JobId> jobs) throws StatusUnavailableException {
          if (unavailable.apply(clock.passed)) {
            throw new StatusUnavailableException("it is down", null);
          }
          answers.add(clock.passed);
          return scheduler
              .apply(clock.passed)
              .map(state -> Map.of(JOB, JobStatus.of(state, Instant.EPOCH)))
              .orElse(Map.of());
        }

        @Override
        public void cancel(Set<JobId> jobs) {
          cancels.add(clock.passed);
        }

        @Override
        public void adopt(Map<JobId, Path> jobs) {}

        @Override
        public JobId submit(JobSpec spec) {
          throw new AssertionError("nothing is submitted");
        }

        @Override
        public Optional<JobId> find(JobSpec spec) {
          throw new AssertionError("its id is known");
        }

        @Override
        public Optional<String> test(JobSpec spec) {
          throw new AssertionError("nothing is tested");
        }
      };

  private final Takeover.Newcomers newcomers =
      new Takeover.Newcomers() {
        @Override
        public boolean findThisProcess() {
          return findThisProcess;
        }

        @Override
        public Duration patience() {
          return Duration.ZERO;
        }

        @Override
        public boolean haveCome(BlockId block) {
          return false;
        }

        @Override
        public boolean anyIsHere(BlockId block) {
          return hasManager.apply(clock.passed);
        }
      };

  private Takeover.Result takeOver() throws IOException {
    return Takeover.of(List.of(LEFT), provider, newcomers, PATIENCE, clock);
  }

  private static Function<Duration, Boolean> until(Duration end) {
    return time -> time.compareTo(end) < 0;
  }

  @Test
  void aJobThatWaits_isTakenOver_whereItsManagersFindThisProcess() throws Exception {
    findThisProcess = true;
    scheduler = time -> Optional.of(JobState.PENDING);

    assertThat(takeOver().jobs()).containsExactly(Map.entry(LEFT.id(), JOB));
    assertThat(cancels).isEmpty();
  }

  @Test
  void aJobThatEnds_isWaitedFor() throws Exception {
    Duration end = Duration.ofSeconds(20);
    scheduler = time -> Optional.of(until(end).apply(time) ? JobState.RUNNING : JobState.CANCELLED);

    assertThat(takeOver().jobs()).isEmpty();
    assertThat(clock.passed).isBetween(end, end.plusSeconds(6));
  }

  @Test
  void noEntryOfAJobThatRan_isNoEnd_untilTenMinutesOfAnswersAgree_andItIsCancelledMeanwhile()
      throws Exception {
    findThisProcess = true;
    scheduler = time -> answers.size() == 1 ? Optional.of(JobState.RUNNING) : Optional.empty();

    assertThat(takeOver().jobs()).isEmpty();
    assertThat(clock.passed).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
    assertThat(answers).hasSizeBetween(20, 200);
    assertThat(cancels).hasSizeBetween(30, 70);
  }

  @Test
  void aJobThatTheListingSpeaksOfAgain_isWaitedForToItsEnd() throws Exception {
    Duration back = Duration.ofMinutes(5);
    Duration end = back.plusSeconds(40);
    scheduler =
        time ->
            until(back).apply(time)
                ? Optional.empty()
                : Optional.of(until(end).apply(time) ? JobState.RUNNING : JobState.CANCELLED);

    takeOver();

    assertThat(clock.passed).isBetween(end, end.plusSeconds(6));
  }

  @Test
  void noEntryOfAJobWhoseManagersAreHere_isNoEnd_andTheRunDoesNotBegin() {
    hasManager = time -> true;

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::takeOver)
        .withMessageContaining("[4711] of an earlier process have not ended: cancel them by hand");
  }

  @Test
  void aJobThatDoesNotEnd_andASchedulerThatDoesNotAnswer_areGivenUpAfterTheirPatience() {
    scheduler = time -> Optional.of(JobState.RUNNING);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::takeOver)
        .withMessageContaining("[4711] of an earlier process have not ended: cancel them by hand");
    assertThat(clock.passed).isBetween(PATIENCE, PATIENCE.plusSeconds(6));

    unavailable = time -> true;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::takeOver)
        .withMessageContaining("cannot be told: it is down");
  }

  @Test
  void anOutageOfTheScheduler_isWaitedOut_howeverLateItComes() throws Exception {
    Duration outage = Duration.ofMinutes(4);
    unavailable = time -> time.compareTo(outage) >= 0 && until(outage.plusSeconds(50)).apply(time);

    takeOver();

    assertThat(clock.passed).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
  }
}
