package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.Order;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.Payload;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkStateTest {
  private static final long SECOND = 1_000_000;
  private static final TaskSpec COMMAND = TaskSpec.of(TaskWork.Shell.line("true"));

  private static final LinkSettings SETTINGS =
      new LinkSettings(
          Duration.ofSeconds(3),
          Duration.ofSeconds(12),
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofSeconds(1));

  private final LinkState state = new LinkState(SETTINGS, 0);

  private static SubmittedTasks task(long id) {
    return new SubmittedTasks(id, 1, -1, COMMAND, 0, 0, 3);
  }

  private static LinkEffect submit(long number, long... ids) {
    return new LinkEffect.Send(
        new FromSubmitter.Ordered(
            number,
            new Order.Submit(java.util.Arrays.stream(ids).mapToObj(LinkStateTest::task).toList())));
  }

  private List<LinkEffect> join(LinkState link, long ordersReceived, long lastAccepted) {
    link.connected(0);
    return link.said(new ToSubmitter.Welcome(Payload.EMPTY, ordersReceived, lastAccepted), 0);
  }

  @Test
  void whatWasSubmittedBeforeItJoined_goesInOneMessage_inTheOrderOfIds() {
    assertThat(state.submit(List.of(task(2)))).isEmpty();
    state.submit(List.of(task(1)));
    state.submit(List.of(task(3)));
    assertThat(state.begin()).containsExactly(new LinkEffect.Connect());

    assertThat(join(state, 0, 0))
        .endsWith(new LinkEffect.Send(new FromSubmitter.Ready()), submit(1, 1, 2, 3));
  }

  @Test
  void afterALoss_ordersThatTheOtherSideHasNot_areSentAgain_underTheirNumbers() {
    state.begin();
    join(state, 0, 0);
    state.submit(List.of(task(1)));
    state.submit(List.of(task(2)));
    state.submit(List.of(task(3)));
    state.said(new ToSubmitter.OrdersTaken(1), 0);

    assertThat(state.sessionLost("cut", 0)).contains(new LinkEffect.Disconnect("cut"));
    assertThat(state.submit(List.of(task(4)))).isEmpty();
    state.tick(2 * SECOND);

    assertThat(state.connected(0)).containsExactly(new LinkEffect.Attach(1, 0));
    assertThat(state.said(new ToSubmitter.Welcome(Payload.EMPTY, 2, 2), 0))
        .endsWith(submit(3, 3), submit(4, 4));
  }

  @Test
  void whoGoesOnWithARun_sendsOnlyTheTasksThatAreNotKnownThere() {
    LinkState resumed = new LinkState(SETTINGS, 9);
    resumed.resubmit(List.of(task(4), task(8), task(9)));
    resumed.begin();

    assertThat(resumed.connected(0)).containsExactly(new LinkEffect.Attach(0, -1));
    assertThat(resumed.said(new ToSubmitter.Welcome(Payload.EMPTY, 0, 8), 0))
        .endsWith(submit(1, 9));
  }

  @Test
  void anInterchangeWithOtherTasks_isNotTalkedTo() {
    LinkState resumed = new LinkState(SETTINGS, 9);
    resumed.begin();

    List<LinkEffect> effects = join(resumed, 0, 10);

    assertThat(effects).hasSize(2).last().isInstanceOf(LinkEffect.Broke.class);
    assertThat(resumed.tick(100 * SECOND)).isEmpty();
  }

  @Test
  void aNewRun_isNotTakenForAnEarlierOneOfItsName_whateverItHasToSubmit() {
    state.submit(List.of(task(1), task(2)));
    state.begin();

    assertThat(join(state, 0, 2)).last().isInstanceOf(LinkEffect.Broke.class);
  }

  @Test
  void reportsThatDoNotFollowTheLast_endTheSession() {
    state.begin();
    join(state, 0, 0);
    ToSubmitter first = new ToSubmitter.Reports(0, 5, List.of());
    assertThat(state.said(first, 0)).containsExactly(new LinkEffect.Tell(first));

    assertThat(state.said(new ToSubmitter.Reports(6, 9, List.of()), 0))
        .containsExactly(new LinkEffect.Disconnect("reports 6 to 6 did not come"));
    state.tick(0);
    assertThat(state.connected(0)).containsExactly(new LinkEffect.Attach(0, 5));
  }

  @Test
  void itBeatsWhileItIsJoined_andAfterASilenceItConnectsAtOnce_thenEverMoreSlowly() {
    state.begin();
    join(state, 0, 0);
    state.said(new ToSubmitter.Heartbeat(), 0);
    assertThat(state.tick(4 * SECOND))
        .containsExactly(new LinkEffect.Send(new FromSubmitter.Heartbeat()));
    assertThat(state.tick(5 * SECOND)).isEmpty();

    assertThat(state.tick(13 * SECOND))
        .containsExactly(
            new LinkEffect.Disconnect(
                "nothing was heard for 12.0 s, connecting again; the run there does not wait for it"));
    assertThat(state.tick(13 * SECOND)).containsExactly(new LinkEffect.Connect());
    state.notConnected("no route", 13 * SECOND);
    assertThat(state.tick(14 * SECOND)).isEmpty();
    assertThat(state.tick(15 * SECOND)).containsExactly(new LinkEffect.Connect());
    state.notConnected("no route", 15 * SECOND);
    assertThat(state.tick(18 * SECOND)).isEmpty();
    assertThat(state.tick(19 * SECOND)).containsExactly(new LinkEffect.Connect());
  }

  @Test
  void nobodyWhoAnswers_isGivenUpAndDialedAnew() {
    state.begin();
    state.connected(0);
    assertThat(state.tick(12 * SECOND)).isEmpty();
    assertThat(state.tick(13 * SECOND))
        .containsExactly(new LinkEffect.Disconnect("no answer within 12.0 s"));
  }

  @Test
  void aConnectionThatIsLostAfterTheEndWasTaken_isTheEnd_andNotBefore() {
    state.begin();
    join(state, 0, 0);
    state.order(new Order.Finish("ALL_SUCCEEDED"));
    assertThat(state.sessionLost("cut", 0)).containsExactly(new LinkEffect.Disconnect("cut"));
    state.tick(9 * SECOND);
    join(state, 1, 0);
    state.said(new ToSubmitter.OrdersTaken(1), 0);

    assertThat(state.sessionLost("cut", 0))
        .containsExactly(new LinkEffect.Disconnect("cut"), new LinkEffect.Ended());
  }

  @Test
  void anEndThatWasNotAskedFor_breaksTheRun() {
    state.begin();
    join(state, 0, 0);
    assertThat(state.said(new ToSubmitter.Ended(), 0)).anyMatch(LinkEffect.Broke.class::isInstance);
    assertThat(state.order(new Order.Finish("INTERRUPTED")))
        .containsExactly(new LinkEffect.Ended());
  }

  @Test
  void noMoreOrdersAreUnderWayThanTheWindowHolds() {
    state.begin();
    join(state, 0, 0);
    long sent = 0;
    for (int id = 1; id <= 200; id++) {
      sent += state.submit(List.of(task(id))).size();
    }
    assertThat(sent).isEqualTo(64);
    List<LinkEffect> next = state.said(new ToSubmitter.OrdersTaken(1), 0);
    assertThat(next).hasSize(1);
    Order.Submit rest =
        (Order.Submit) ((FromSubmitter.Ordered) ((LinkEffect.Send) next.get(0)).message()).order();
    assertThat(rest.tasks()).as("together").hasSize(136);
  }
}
