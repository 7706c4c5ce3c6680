package dev.drover.process;

import static dev.drover.process.Scripts.await;
import static dev.drover.process.Scripts.pidIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ends of several tasks at one look. */
@Timeout(120)
class ProcessLookTest {
  @TempDir Path directory;

  private final String pool = "look-" + System.nanoTime();
  private final List<ChildProcess> children = new ArrayList<>();

  private String cookie(int task) {
    return ProcessTree.TASK_VARIABLE + "=" + pool + "/" + task + "/1";
  }

  private ChildProcess start(int task, String... argv) throws SpawnException {
    ChildProcess child =
        new ProcessSpawner()
            .start(
                SpawnRequest.of(
                    List.of(argv),
                    Scripts.BASE.with(ProcessTree.TASK_VARIABLE, pool + "/" + task + "/1"),
                    directory));
    children.add(child);
    return child;
  }

  /** A task with a process that left its session, and one that dropped its cookie, too. */
  private ChildProcess startTree(int task) throws Exception {
    ChildProcess child =
        start(
            task,
            "bash",
            "-c",
            "setsid env -i bash -c 'echo $$ > bare-%d; exec sleep 1000' & wait".formatted(task));
    await().until(() -> pidIn(directory.resolve("bare-" + task)) != 0);
    return child;
  }

  @AfterEach
  void nothingIsLeft() {
    for (int task = 1; task <= children.size(); task++) {
      children.get(task - 1).signalGroup(LibC.SIGKILL);
      ProcessTree.find(cookie(task)).forEach(member -> member.signal(LibC.SIGKILL));
      children.get(task - 1).releaseLeftovers();
      children.get(task - 1).await();
    }
  }

  private static List<Long> pids(List<ProcessTree.Member> members) {
    return members.stream().map(ProcessTree.Member::pid).toList();
  }

  @Test
  void tasksThatEndTogether_areEndedAtOneLook_eachWithAllThatItStarted() throws Exception {
    ChildProcess one = startTree(1);
    ChildProcess other = startTree(2);
    long bareOne = pidIn(directory.resolve("bare-1"));
    long bareOther = pidIn(directory.resolve("bare-2"));
    ProcessLook look = new ProcessLook();

    assertThat(pids(look.find(cookie(1), one))).containsExactlyInAnyOrder(one.pid(), bareOne);
    assertThat(pids(look.find(cookie(2), other))).containsExactlyInAnyOrder(other.pid(), bareOther);

    TreeTermination.begin(one, cookie(1), Duration.ofSeconds(60), System.nanoTime(), look);
    TreeTermination.begin(other, cookie(2), Duration.ofSeconds(60), System.nanoTime(), look);
    await().until(() -> !Scripts.isRunning(bareOne) && !Scripts.isRunning(bareOther));
    one.releaseLeftovers();
    other.releaseLeftovers();
    assertThat(one.await().signal()).isEqualTo(LibC.SIGTERM);
    assertThat(other.await().signal()).isEqualTo(LibC.SIGTERM);
  }

  @Test
  void aLook_isTakenOnce_andWhatHasEndedSince_isNotSignalled() throws Exception {
    ChildProcess gone = start(1, "sleep", "1000");
    await("its exec is over, within which it shows no environment")
        .until(() -> !ProcessTree.find(cookie(1)).isEmpty());
    ProcessLook look = new ProcessLook();
    List<ProcessTree.Member> seen = look.find(cookie(1), gone);
    assertThat(pids(seen)).contains(gone.pid());
    assertThat(look.sees(System.nanoTime())).isFalse();
    gone.signalGroup(LibC.SIGKILL);
    gone.await();

    assertThat(pids(look.find(cookie(1), gone))).contains(gone.pid());
    assertThat(seen).noneMatch(member -> member.signal(LibC.SIGTERM));
    assertThat(look.find(cookie(2), start(2, "sleep", "1000"))).isEmpty();
  }
}
