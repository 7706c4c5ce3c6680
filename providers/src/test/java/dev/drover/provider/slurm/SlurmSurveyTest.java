package dev.drover.provider.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.Answers;
import dev.drover.provider.JobLimits;
import dev.drover.provider.NodeKind;
import dev.drover.provider.QueueFacts;
import dev.drover.provider.QueueFacts.Standing;
import dev.drover.provider.SchedulerFacts;
import dev.drover.provider.SchedulerRefusal;
import dev.drover.provider.Transcript;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Slurm 22.05.8 told of itself. */
class SlurmSurveyTest {
  private static final Transcript SAID = Transcript.of("slurm/22.05.8-survey");
  private static final SlurmDialect SLURM =
      new SlurmDialect(Duration.ofSeconds(30), Optional.empty());
  private static final long MEBIBYTE = 1L << 20;

  private static SchedulerFacts facts(String... answers) throws SchedulerRefusal {
    return Answers.read(
        SLURM, List.of(answers).stream().map(SAID::named).toArray(CommandResult[]::new));
  }

  private static SchedulerRefusal refusal(CommandResult answer) {
    return catchThrowableOfType(SchedulerRefusal.class, () -> Answers.read(SLURM, answer));
  }

  private static JobLimits limits(int minNodes, int maxNodes, Duration maxWalltime) {
    return new JobLimits(
        Optional.of(minNodes),
        Optional.of(maxNodes),
        Optional.empty(),
        Optional.of(maxWalltime),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void partitions_areQueuesWithTheirLimits_andUnlimitedIsZero() throws Exception {
    SchedulerFacts facts = facts("partitions", "shapes", "version");
    assertThat(facts.queues())
        .extracting(QueueFacts::name)
        .containsExactly("debug", "short", "small", "long", "closed");
    NodeKind kind = new NodeKind(4, 4, 4, 8000 * MEBIBYTE, 2);
    assertThat(facts.queue("debug"))
        .contains(
            new QueueFacts(
                "debug",
                true,
                Standing.OPEN,
                "",
                4,
                limits(1, 0, Duration.ofHours(1)),
                Optional.empty(),
                Set.of(),
                List.of(kind)));
    assertThat(facts.queue("small").orElseThrow().limits())
        .isEqualTo(limits(1, 1, Duration.ofMinutes(30)));
    assertThat(facts.queue("long").orElseThrow().limits()).isEqualTo(limits(1, 0, Duration.ZERO));
    assertThat(facts.queue("closed").orElseThrow().standing()).isEqualTo(Standing.STOPPED);
    assertThat(facts.defaultQueue()).isEqualTo(facts.queue("debug"));
    assertThat(facts.version()).contains("22.05.8");
    assertThat(facts.gaps()).isEmpty();
  }

  @Test
  void changedPartitions_showStatesAccountsAndTheHiddenOne() throws Exception {
    SchedulerFacts facts = facts("partitions-changed", "shapes-changed");
    assertThat(facts.queue("closed")).isEmpty();
    assertThat(facts.queue("debug").orElseThrow().limits().maxWalltime())
        .contains(Duration.ofMinutes(30));
    QueueFacts shortOne = facts.queue("short").orElseThrow();
    assertThat(shortOne.standing()).isEqualTo(Standing.CLOSED);
    assertThat(shortOne.reason()).isEqualTo("State=DRAIN");
    assertThat(shortOne.limits()).isEqualTo(limits(2, 2, Duration.ofMinutes(1)));
    assertThat(facts.queue("small").orElseThrow().reason()).isEqualTo("State=INACTIVE");
    assertThat(facts.queue("long").orElseThrow().allowedAccounts())
        .contains(Set.of("proj", "chem"));
    assertThat(facts.queue("long").orElseThrow().admits("bio")).isFalse();
    QueueFacts hidden = facts.queue("hid").orElseThrow();
    assertThat(hidden.admits("chem")).isFalse();
    assertThat(hidden.admits("bio")).isTrue();
    assertThat(hidden.limits().maxWalltime()).contains(Duration.parse("P1DT2H4M"));
    assertThat(hidden.nodes()).isEqualTo(1);
  }

  @Test
  void noPartitions_isAnAnswer_butSilenceIsNone() throws Exception {
    assertThat(facts("partitions-none").queues()).isEmpty();
    assertThat(refusal(Transcript.answer(0, "", "")))
        .hasMessage("scontrol printed something that is no list of partitions");
  }

  @Test
  void aTornList_isNoAnswer() {
    String whole = SAID.named("partitions").stdout();
    String torn = whole.substring(0, whole.lastIndexOf(" State="));
    assertThat(refusal(Transcript.answer(0, torn, "")))
        .hasMessage("scontrol printed something that is no list of partitions");
  }

  @Test
  void aControllerThatIsDown_isNoAnswer_andNoMissingQueue() {
    SchedulerRefusal down = refusal(SAID.named("partitions-down"));
    assertThat(down).hasMessageContaining("Unable to contact slurm controller");
    assertThat(down.fix()).isEqualTo("see whether the controller answers, by scontrol ping");
    assertThat(refusal(SAID.named("partitions-no-configuration")))
        .hasMessageContaining("Unable to process configuration file");
    assertThat(refusal(Transcript.answer(127, "", "scontrol: command not found\n")).fix())
        .startsWith("make Slurm's commands known on the head node's PATH");
  }

  @Test
  void accountsAndQos_areUnknownWithoutADatabase_andNoGap() throws Exception {
    SchedulerFacts facts = facts("partitions", "shapes", "version", "accounts-none", "qos-none");
    assertThat(facts.accounts()).isEmpty();
    assertThat(facts.qualities()).isEmpty();
  }

  @Test
  void accountsAndQos_areReadFromTheDatabase() throws Exception {
    SchedulerFacts facts = facts("partitions", "shapes", "version", "accounts", "qos");
    assertThat(facts.accounts()).contains(Set.of("chem", "proj", "root"));
    assertThat(facts.qualities().orElseThrow().get("debug"))
        .isEqualTo(
            new JobLimits(
                Optional.empty(),
                Optional.of(8),
                Optional.empty(),
                Optional.of(Duration.ofMinutes(30)),
                Optional.of(5),
                Optional.of(2)));
    assertThat(facts.qualities().orElseThrow().get("shared").maxNodes()).contains(1);
    assertThat(facts.qualities().orElseThrow().get("normal")).isEqualTo(JobLimits.UNTOLD);
  }

  @Test
  void aUserWithoutAssociations_hasNoAccount_andADatabaseThatIsDownSaysNothing() throws Exception {
    assertThat(facts("partitions", "shapes", "version", "accounts-of-nobody").accounts())
        .contains(Set.of());
    assertThat(
            catchThrowableOfType(
                SchedulerRefusal.class,
                () ->
                    Answers.read(
                        SLURM,
                        "your accounts",
                        SAID.named("accounts-database-down"),
                        SchedulerFacts.NONE)))
        .hasMessageContaining("Connection refused");
  }

  @Test
  void gres_countsGpusOfAllKinds_andNothingElse() throws Exception {
    SchedulerFacts facts = facts("partitions");
    String shapes =
        """
        debug|1|64|2|16|2|512000|gpu:a100:4(S:0,1),gpu:v100:2(S:1)
        debug|2|64|2|16|2|256000|nvme:1,gpu:4
        short|1|4|1|4|1|8000|(null)
        small|1|4|1|4|1|8000|gpu
        """;
    SchedulerFacts read = Answers.read(SLURM, "its nodes", Transcript.answer(0, shapes, ""), facts);
    assertThat(read.queue("debug").orElseThrow().kinds())
        .containsExactly(
            new NodeKind(1, 64, 32, 512000 * MEBIBYTE, 6),
            new NodeKind(2, 64, 32, 256000 * MEBIBYTE, 4));
    assertThat(read.queue("short").orElseThrow().kinds().get(0).accelerators()).isZero();
    assertThat(read.queue("small").orElseThrow().kinds().get(0).accelerators()).isEqualTo(1);
  }

  @Test
  void commands_askTheClustersThatTheSiteNames_withoutTheUsersFilters() {
    SlurmDialect away = new SlurmDialect(Duration.ofSeconds(30), Optional.of("alpha"));
    assertThat(away.survey().get(0).command().toString())
        .isEqualTo("scontrol show partition --all --oneliner '--clusters=alpha'");
    assertThat(away.survey().get(1).command().toString())
        .isEqualTo(
            "env '--unset=SINFO_PARTITION' '--unset=SINFO_SORT' sinfo --noheader --all --exact"
                + " '--format=%R|%D|%c|%X|%Y|%Z|%m|%G' '--clusters=alpha'");
  }
}
