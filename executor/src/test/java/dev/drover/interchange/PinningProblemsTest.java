package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.TaskId;
import org.junit.jupiter.api.Test;

class PinningProblemsTest {
  private static final String REFUSED = "the system refuses it\n  instead: …\n  fix: …";

  private final InterchangeDriver it = new InterchangeDriver();

  @Test
  void whatSystemsRefuse_isToldOnce_howeverManyManagersSaySo_andOnceMoreForAnotherText() {
    it.registersPinned("a", "block: 0 on any cpu", REFUSED);
    assertThat(it.warned())
        .isEqualTo("on node-a, and maybe on others, which are not told of again: " + REFUSED);
    it.sessionOpened("a", 0).nothingElse();
    it.registersPinned("b", "block: 0 on any cpu", REFUSED).sessionOpened("b", 0).nothingElse();
    it.registersPinned("c", "block: 0 on 1", "another");
    assertThat(it.warned()).startsWith("on node-c, ").endsWith(": another");
    it.sessionOpened("c", 0).nothingElse();
  }

  @Test
  void aPinningThatNobodyRefused_isNoProblem() {
    it.registersPinned("a", "block: 0 on 0-3", "").sessionOpened("a", 0).nothingElse();
  }

  @Test
  void theStatus_tellsHowEachManagersWorkersArePinned_andWhatIsRefused_once() {
    it.manager("free", 1);
    it.registersPinned("a", "block: 0 on any cpu", REFUSED);
    assertThat(it.warned()).endsWith(REFUSED);
    it.sessionOpened("a", 0);
    it.registersPinned("b", "block: 0 on any cpu", REFUSED).sessionOpened("b", 0);
    it.registersPinned("c", "list: " + "0 on 0-3; ".repeat(20), "");

    assertThat(StatusText.of(it.state))
        .contains(
            "manager free  node-free  block -  1 slots, 0 tasks, active\n",
            "manager a  node-a  block -  1 slots, 0 tasks, silent, pinned block: 0 on any cpu\n",
            ", pinned list: 0 on 0-3; 0 on 0-3; ",
            "…\n",
            "at 2 managers " + REFUSED + "\n")
        .doesNotContain("0 on 0-3; ".repeat(12));
  }

  @Test
  void aTaskThatRuns_isToldWithThePinningThere() {
    it.registersPinned("a", "block: 0 on 4-7", "").sessionOpened("a", 0).ready("a");
    it.submit(1).dispatch();

    assertThat(it.state.explain(new TaskId(1)))
        .startsWith("task 1: attempt 1 is queued or has just begun on node-a (manager a)")
        .endsWith("\n  the workers there are pinned block: 0 on 4-7");
  }
}
