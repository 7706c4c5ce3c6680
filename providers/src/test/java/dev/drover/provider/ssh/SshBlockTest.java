package dev.drover.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.job.JobId;
import dev.drover.job.JobState;
import dev.drover.job.JobStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SshBlockTest {
  private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final BlockPart A = part("ada@a:2222", "1-10", "1-ada-a-2222");
  private static final BlockPart B = part("b", "2-20", "2-b");

  private final SshBlock block =
      new SshBlock(List.of(A, B), START, Optional.of(Duration.ofMinutes(1)));

  private static BlockPart part(String host, String job, String directory) {
    return new BlockPart(host, new JobId(job), Optional.of(Path.of("/run/b-1", directory)));
  }

  private void ends(BlockPart part, int code) {
    block.seen(part, JobStatus.ofExitCode(code, START));
    block.judge(START);
  }

  @Test
  void blockId_hasItsParts_andLeadsBackToThem() {
    assertThat(block.id()).hasToString("ada@a:2222/1-10,b/2-20");
    assertThat(BlockPart.of(block.id(), Optional.of(Path.of("/run/b-1")))).containsExactly(A, B);
    assertThat(BlockPart.of(new JobId("4711"), Optional.empty())).isEmpty();
    assertThat(BlockPart.of(new JobId("b/2-20,x"), Optional.empty())).isEmpty();
  }

  @Test
  void block_runsUntilAllItsPartsHaveEnded_andKeepsItsHosts() {
    ends(A, 0);
    assertThat(block.status()).isEqualTo(JobStatus.of(JobState.RUNNING, START));
    assertThat(block.hosts()).containsExactlyInAnyOrder("ada@a:2222", "b");
    ends(B, 0);
    assertThat(block.status().state()).isEqualTo(JobState.COMPLETED);
    assertThat(block.hosts()).isEmpty();
  }

  @Test
  void partThatFailed_failsTheBlock_andIsNamedWithItsStderr() {
    ends(B, 3);
    ends(A, 0);
    assertThat(block.status().state()).isEqualTo(JobState.FAILED);
    assertThat(block.status().exitCode()).hasValue(3);
    assertThat(block.status().reason())
        .isEqualTo("on b: the job script ended with exit code 3 (see /run/b-1/2-b/stderr)");
  }

  @Test
  void partOfWhichNothingIsHeard_hasNotEnded() {
    ends(A, 3);
    block.judge(START.plusSeconds(59));
    assertThat(block.isOver()).isFalse();
    assertThat(block.open()).containsExactly(B);
  }

  @Test
  void walltime_endsTheBlock_whichIsThenTimedOut() {
    block.judge(START.plusSeconds(59));
    assertThat(block.toBeTold(START.plusSeconds(59), PATIENCE)).isEmpty();
    block.judge(START.plusSeconds(60));
    assertThat(block.toBeTold(START.plusSeconds(60), PATIENCE)).containsExactlyInAnyOrder(A, B);
    ends(A, 143);
    ends(B, 143);
    assertThat(block.status().state()).isEqualTo(JobState.TIMED_OUT);
    assertThat(block.status().reason()).contains("walltime of 60 s");
  }

  @Test
  void cancelled_staysSo_whenTheWalltimeComes_orAPartTakesItBadly() {
    block.stop("cancelled");
    block.judge(START.plusSeconds(61));
    ends(A, 1);
    ends(B, 143);
    assertThat(block.status().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void partThatStillRunsAWhileAfterItWasTold_isToldAgain_andOneThatNeverWasAtOnce() {
    block.stop("cancelled");
    block.told(A, START);
    assertThat(block.toBeTold(START.plusSeconds(1), PATIENCE)).containsExactly(B);
    assertThat(block.toBeTold(START.plusSeconds(15), PATIENCE)).containsExactlyInAnyOrder(A, B);
    ends(A, 143);
    assertThat(block.toBeTold(START.plusSeconds(15), PATIENCE)).containsExactly(B);
  }
}
