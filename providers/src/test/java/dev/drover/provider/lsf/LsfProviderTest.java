package dev.drover.provider.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.Command;
import dev.drover.job.JobId;
import dev.drover.job.JobSpec;
import dev.drover.job.JobState;
import dev.drover.provider.ToyProviderContract;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LsfProviderTest extends ToyProviderContract {
  @Override
  protected String scheduler() {
    return "lsf";
  }

  @Override
  protected String submission() {
    return "bsub";
  }

  @Override
  protected String question() {
    return "bjobs";
  }

  @Override
  protected List<String> cancelling(JobId job) {
    return List.of("bkill", job.value());
  }

  @Override
  protected String idVariable() {
    return "LSB_JOBID";
  }

  @Override
  protected JobId unknownJob() {
    return new JobId("99999");
  }

  @BeforeEach
  void makeMinutesShort() throws Exception {
    Files.createFile(toy.state().resolve("seconds-for-minutes"));
  }

  /** Variables that people set so that their own scripts stay silent. */
  @Test
  void userWhoSilencedBsub_isStillToldTheId() throws Exception {
    JobSpec spec = spec("exit 3");
    Command submit = new LsfDialect(Duration.ofSeconds(20)).submit(spec);
    Files.createDirectories(spec.directory());
    Files.writeString(spec.script(), "#BSUB -J quiet\n#BSUB -nnodes 1\n");
    List<String> argv = new ArrayList<>(List.of("env", "BSUB_QUIET=Y", "BSUB_QUIET2=Y"));
    argv.addAll(submit.argv());
    assertThat(toy.headNode().run(Command.of(Duration.ofSeconds(20), argv)).stdout())
        .isEqualTo("Job <101> is submitted to queue <normal>.\n");
    // The contract's clean-up does not know this job, which writes into the test's folder until
    // then.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(toy.job(FIRST).resolve("ended")));
  }

  @Test
  void suspendedJob_isHeld_andRunsOn() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Files.createFile(toy.job(FIRST).resolve("suspended"));
    assertThat(status(id).state()).isEqualTo(JobState.HELD);
    Files.delete(toy.job(FIRST).resolve("suspended"));
    assertThat(status(id).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void preemptedJob_isPreempted() throws Exception {
    JobSpec spec = spec(WAIT);
    JobId id = submit(spec);
    awaitStarted(spec);
    Files.createFile(toy.job(FIRST).resolve("preempted"));
    String pid = Files.readString(toy.job(FIRST).resolve("script-pid")).strip();
    toy.headNode().run(Command.of(Duration.ofSeconds(5), List.of("kill", pid)));
    assertThat(awaitEnd(id).state()).isEqualTo(JobState.PREEMPTED);
  }

  @Test
  void job_findsItsHosts() throws Exception {
    JobSpec spec = spec("cat \"$LSB_DJOB_HOSTFILE\"; echo \"$LSB_HOSTS\"");
    awaitEnd(submit(spec));
    assertThat(Files.readAllLines(spec.stdout())).hasSize(2).allMatch(line -> !line.isBlank());
  }
}
