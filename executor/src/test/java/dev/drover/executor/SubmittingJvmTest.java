package dev.drover.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of blocks and tasks when the JVM ends that holds the executor, and its memory. */
@Timeout(500)
class SubmittingJvmTest {
  @TempDir Path home;

  @Test
  void whenTheSubmittingJvmIsKilled_managersEndTheirTasksAndLeave() throws Exception {
    Process child = ChildMain.start(home, "hold");
    await().atMost(TestRun.PATIENCE).until(() -> Files.exists(home.resolve("began")));
    // A process that it starts looks like it for a moment.
    await()
        .atMost(TestRun.PATIENCE)
        .untilAsserted(() -> assertThat(Processes.managers(home)).hasSize(1));

    child.destroyForcibly().waitFor();

    Processes.assertNoneLeft(home);
  }

  @Test
  void systemExitWithoutAClose_leavesNothingBehind() throws Exception {
    Process child = ChildMain.start(home, "exit");

    assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(child.exitValue()).isEqualTo(5);
    Processes.assertNoneLeft(home);
  }

  @Test
  void aCloseInAHookOfTheUsers_ends_andLeavesNothingBehind() throws Exception {
    Process child = ChildMain.start(home, "hook");

    boolean over = child.waitFor(120, TimeUnit.SECONDS);
    child.destroyForcibly();

    assertThat(over).isTrue();
    assertThat(child.exitValue()).isEqualTo(6);
    Processes.assertNoneLeft(home);
  }

  @Test
  void aJvmThatHasNothingLeftToDo_waitsUntilItsBlocksAreGone() throws Exception {
    Process child = ChildMain.start(home, "shutdown");

    assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(child.exitValue()).isZero();
    assertThat(home.resolve("child.out")).hasContent("last 7");
    assertThat(Processes.managers(home)).isEmpty();
  }

  @Test
  void aMillionTasksFitInASmallHeap_andAMillionCanBeCancelledInTheirMidst() throws Exception {
    Process child = ChildMain.start(home, "million", "-Xmx256m");

    boolean over = child.waitFor(400, TimeUnit.SECONDS);
    child.destroyForcibly();

    assertThat(over).as(Files.readString(home.resolve("child.err"))).isTrue();
    assertThat(Files.readString(home.resolve("child.out")).lines().filter(l -> !l.contains("[")))
        .containsExactly("wrong 0", "cancelled in the midst true", "afterwards 7");
    Processes.assertNoneLeft(home);
  }
}
