package dev.drover.provider.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import org.junit.jupiter.api.Test;

/** PBS Professional, on a toy that words its answers as OpenPBS does. */
class PbsProProviderTest extends PbsFamilyContract {
  PbsProProviderTest() {
    super("pbspro", "pbs", "-x");
  }

  @Test
  void serverWithoutHistory_tellsOfRunningJobs_andExitCodesSettleTheRest() throws Exception {
    fault("history-disabled");
    JobId id = running();
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
    JobId over = ended("exit 3");
    assertThat(status(over).exitCode()).hasValue(3);
  }

  @Test
  void serverWithoutHistory_findsWhatRuns() throws Exception {
    fault("history-disabled");
    assertThat(find(spec(WAIT))).isEmpty();
    JobId id = running();
    assertThat(find(spec(WAIT))).contains(id);
  }

  @Test
  void movedJob_isAliveElsewhere() throws Exception {
    JobId id = running();
    show(id, "letter", "M");
    assertThat(status(id).state()).isEqualTo(JobState.PENDING);
    assertThat(status(id).reason()).contains("moved to another server");
  }

  @Test
  void preemptedJob_isPreempted() throws Exception {
    JobId id = running();
    preempt(id);
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.PREEMPTED);
  }

  @Test
  void canNeverRun_isPassedOn() throws Exception {
    JobId id = running();
    show(id, "letter", "Q");
    show(id, "comment", "Can Never Run: Not enough total nodes available");
    assertThat(status(id).state()).isEqualTo(JobState.PENDING);
    assertThat(status(id).reason()).startsWith("Can Never Run");
  }
}
