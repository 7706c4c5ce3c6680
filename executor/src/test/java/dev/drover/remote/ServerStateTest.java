package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.SubmitterId;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.ClasspathId;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerStateTest {
  private static final long SECOND = 1_000_000;
  private static final TaskSpec COMMAND = TaskSpec.of(TaskWork.Shell.line("true"));
  private static final String CLASSES = "ab".repeat(32);

  private final ServerState state = server(0, 0);

  private static ServerState server(long lastAccepted, long reports) {
    return new ServerState(
        new ServerSettings(
            Duration.ofSeconds(15), Duration.ofHours(1), Duration.ofMinutes(1), 2, 1_000),
        lastAccepted,
        reports,
        Set.of(),
        0);
  }

  private static FromSubmitter.Attach attach(String submitter, long orders, long reports) {
    byte[] route = new byte[16];
    route[0] = 1;
    return new FromSubmitter.Attach(
        new SubmitterId(submitter), Payload.of(route), orders, reports, List.of(), "test");
  }

  private static FromSubmitter submit(long number, long id, TaskSpec spec) {
    return new FromSubmitter.Ordered(
        number, new Order.Submit(List.of(new SubmittedTasks(id, 1, -1, spec, 0, 0, 3))));
  }

  private void joined(String submitter, long orders, long reports) {
    state.attach(attach(submitter, orders, reports), 0);
    state.said(new FromSubmitter.Ready(), 0);
  }

  private static ServerEffect sent(ToSubmitter message) {
    return new ServerEffect.Send(message);
  }

  @Test
  void anOrderIsAcknowledged_whenItsTasksAreInTheJournal_andNotBefore() {
    joined("s", 0, 0);

    List<ServerEffect> first = state.said(submit(1, 1, COMMAND), 0);
    assertThat(first).singleElement().isInstanceOf(ServerEffect.Take.class);
    assertThat(state.said(new FromSubmitter.Ordered(2, new Order.ScaleOut(1)), 0))
        .containsExactly(new ServerEffect.Obey(new Order.ScaleOut(1)));

    assertThat(state.accepted(((ServerEffect.Take) first.get(0)).ticket()))
        .containsExactly(sent(new ToSubmitter.OrdersTaken(2)));
  }

  @Test
  void anOrderThatComesAgain_isPassedOver_andAGapEndsTheSession() {
    joined("s", 0, 0);
    state.said(new FromSubmitter.Ordered(1, new Order.ScaleOut(1)), 0);

    assertThat(state.said(new FromSubmitter.Ordered(1, new Order.ScaleOut(1)), 0)).isEmpty();
    assertThat(state.said(new FromSubmitter.Ordered(3, new Order.ScaleOut(1)), 0))
        .hasSize(2)
        .last()
        .isInstanceOf(ServerEffect.CloseSession.class);
  }

  @Test
  void tasksThatAnEarlierProcessTook_areNotTakenAgain() {
    ServerState restarted = server(5, 0);
    restarted.attach(attach("s", 3, 0), 0);
    restarted.said(new FromSubmitter.Ready(), 0);

    assertThat(restarted.said(submit(4, 5, COMMAND), 0))
        .containsExactly(sent(new ToSubmitter.OrdersTaken(4)));
    assertThat(restarted.said(submit(5, 6, COMMAND), 0))
        .singleElement()
        .isInstanceOf(ServerEffect.Take.class);
  }

  @Test
  void whatWaitsForTheJournal_isNotAcknowledgedToAnotherProcess_beforeItIsWritten() {
    joined("first", 0, 0);
    ServerEffect.Take take = (ServerEffect.Take) state.said(submit(1, 1, COMMAND), 0).get(0);

    List<ServerEffect> attached = state.attach(attach("second", 0, -1), 0);
    assertThat(attached).last().isInstanceOf(ServerEffect.OpenSession.class);
    assertThat(((ServerEffect.OpenSession) attached.get(1)).lastAccepted()).isZero();
    state.said(new FromSubmitter.Ready(), 0);
    assertThat(state.said(submit(1, 1, COMMAND), 0)).isEmpty();

    assertThat(state.accepted(take.ticket())).containsExactly(sent(new ToSubmitter.OrdersTaken(1)));
  }

  @Test
  void ordersBehindFunctionsWhoseClassesAreMissing_waitForThem() {
    joined("s", 0, 0);
    TaskSpec function =
        TaskSpec.of(
            new TaskWork.Java(
                Payload.of(new byte[1]), new ClasspathId(CLASSES), Isolation.PROCESS));

    assertThat(state.said(submit(1, 1, function), 0))
        .containsExactly(sent(new ToSubmitter.NeedClasspath(CLASSES)));
    assertThat(state.said(submit(2, 2, function), 0)).isEmpty();
    assertThat(state.said(submit(3, 3, COMMAND), 0)).isEmpty();

    assertThat(state.classpathComplete(CLASSES))
        .hasSize(3)
        .allMatch(ServerEffect.Take.class::isInstance);
  }

  @Test
  void reportsAreSentUpToTheWindow_andGoOnWhenTheyAreHad() {
    joined("s", 0, 0);
    assertThat(state.reportsWritten(9)).containsExactly(new ServerEffect.SendReports(0));
    assertThat(state.reportsSent(1, 10)).containsExactly(new ServerEffect.SendReports(1));
    assertThat(state.reportsSent(2, 10)).isEmpty();

    assertThat(state.said(new FromSubmitter.ReportsHad(1), 0))
        .containsExactly(new ServerEffect.SendReports(2));
    assertThat(state.reportsSent(3, 10_000)).isEmpty();
    assertThat(state.said(new FromSubmitter.ReportsHad(2), 0))
        .as("a large one is under way")
        .isEmpty();
    assertThat(state.said(new FromSubmitter.ReportsHad(3), 0))
        .containsExactly(new ServerEffect.SendReports(3));
  }

  @Test
  void whoComesBack_getsWhatItHasNot() {
    joined("s", 0, 0);
    state.reportsWritten(9);
    state.reportsSent(2, 10);

    state.attach(attach("s", 0, 1), 0);

    assertThat(state.said(new FromSubmitter.Ready(), 0)).contains(new ServerEffect.SendReports(1));
  }

  @Test
  void aNewProcessTakesThePlaceOfTheOld_whichIsTold() {
    joined("first", 0, 0);

    List<ServerEffect> effects = state.attach(attach("second", 0, -1), 0);

    assertThat(effects).hasSize(2);
    assertThat(effects.get(0))
        .isEqualTo(
            sent(
                new ToSubmitter.Refused(
                    "another process has attached to the run: it goes on there", false)));
  }

  @Test
  void aRunThatWasStopped_endsWhenAnotherProcessWantsToGoOnWithIt() {
    joined("first", 0, 0);
    state.said(new FromSubmitter.Ordered(1, new Order.CancelAll("stop", true)), 0);

    assertThat(state.attach(attach("second", 0, -1), 0))
        .hasSize(2)
        .first()
        .isEqualTo(new ServerEffect.Refuse("the run was stopped, and ends now", true));
    assertThat(state.ended()).contains(new ServerEffect.Stop());
  }

  @Test
  void anInterchangeThatNobodyAsksFor_givesUpAfterItsTime_andNotWhileSomebodyIsThere() {
    joined("s", 0, 0);
    for (int i = 1; i < 800; i++) {
      state.said(new FromSubmitter.Heartbeat(), i * 10 * SECOND);
      assertThat(state.tick(i * 10 * SECOND)).isEmpty();
    }
    long last = 7_990 * SECOND;
    assertThat(state.tick(last + 16 * SECOND))
        .singleElement()
        .isInstanceOf(ServerEffect.CloseSession.class);
    assertThat(state.tick(last + 3_599 * SECOND)).isEmpty();

    List<ServerEffect> effects = state.tick(last + 3_601 * SECOND);

    assertThat(effects).singleElement().isInstanceOf(ServerEffect.End.class);
    assertThat(((ServerEffect.End) effects.get(0)).reason()).contains("executor.abandon-after");
    assertThat(state.tick(last + 9_000 * SECOND)).as("once").isEmpty();
  }

  @Test
  void aRunInABadState_takesNoTasks_andTellsWhoeverComes() {
    joined("s", 0, 0);
    assertThat(state.broke("no block")).containsExactly(sent(new ToSubmitter.BadState("no block")));

    assertThat(state.said(submit(1, 1, COMMAND), 0))
        .containsExactly(sent(new ToSubmitter.OrdersTaken(1)));
    state.attach(attach("s", 0, 0), 0);
    assertThat(state.said(new FromSubmitter.Ready(), 0))
        .contains(sent(new ToSubmitter.BadState("no block")));
  }

  @Test
  void theEnd_isAcknowledgedAtOnce_andToldWhenItHasCome_evenToWhoWasAwayMeanwhile() {
    joined("s", 0, 0);
    assertThat(state.said(new FromSubmitter.Ordered(1, new Order.Finish("ALL_SUCCEEDED")), 0))
        .containsExactly(
            new ServerEffect.End("ALL_SUCCEEDED", "its submitter has ended it"),
            sent(new ToSubmitter.OrdersTaken(1)));
    assertThat(state.attach(attach("other", 0, -1), 0))
        .containsExactly(new ServerEffect.Refuse("the run is ending", true));
    joined("s", 1, 0);

    assertThat(state.ended())
        .containsExactly(sent(new ToSubmitter.Ended()), new ServerEffect.Stop());
  }
}
