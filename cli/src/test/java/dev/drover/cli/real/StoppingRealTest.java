package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs that are told to stop, and run directories that cannot be had. */
class StoppingRealTest extends RealTest {
  /** Two tasks run and two wait; each tells when it is at work. */
  private static final String[] FOUR = {"touch at-{}; exec sleep 3000", ":::", "1", "2", "3", "4"};

  private Drover.Running four(String... options) {
    String[] args = new String[options.length + 4 + FOUR.length];
    args[0] = "run";
    args[1] = "--run-dir";
    args[2] = "r";
    System.arraycopy(options, 0, args, 3, options.length);
    args[3 + options.length] = "--";
    System.arraycopy(FOUR, 0, args, 4 + options.length, FOUR.length);
    Drover.Running run = drover.start(args);
    Drover.awaitFile(drover.file("at-1"));
    return run;
  }

  /**
   * A helper that a slow end has started, to kill what does not end, may still look for that: each
   * test's end waits for it.
   */
  private void assertNothingRuns() {
    assertThat(Processes.managers(home)).isEmpty();
    assertThat(Processes.tasks(home)).isEmpty();
  }

  @Test
  void ctrlC_endsTheRunInOrder_andNothingIsLeftRunning() {
    Drover.Running run = four();
    run.signalGroup("INT");
    run.end()
        .exits(130)
        .says("drover: interrupted: 0 of 4 tasks done, 4 cancelled", "drover resume ");
    assertNothingRuns();
    // What was interrupted has not ended for a run that is resumed.
    assertThat(drover.run("explain", "r").exits(0).out())
        .contains("4 tasks: 0 succeeded, 0 failed, 4 left", "to go on: drover resume ");
  }

  @Test
  void sigterm_endsTheRunInOrder_withExit4() {
    Drover.Running run = four();
    run.signal("TERM");
    run.end().exits(4).says("drover: ended by a signal: 0 of 4 tasks done, 4 cancelled");
    assertNothingRuns();
  }

  @Test
  void secondCtrlC_endsAtOnce_whileTasksStillResist_andEvenTheyAreGoneSoon() {
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--set",
            "worker.kill-grace=20s",
            "--",
            "trap 'touch told' TERM; trap '' INT; touch at; while :; do sleep 0.1; done");
    Drover.awaitFile(drover.file("at"));
    run.signalGroup("INT");
    Drover.awaitFile(drover.file("told")); // so it has seen the first one
    await().pollDelay(Duration.ofMillis(500)).until(() -> true); // else it is the same key press
    assertThat(run.process().isAlive()).isTrue();
    run.signalGroup("INT");
    assertThat(run.end(Duration.ofSeconds(15)).exit()).isEqualTo(130);
    // That they are gone within a minute is asserted after each test; the heartbeat's threshold of
    // two minutes is far longer, so that this shows that they were told.
  }

  @Test
  void cancelFromAnotherProcess_endsSingleTasks_orTheWholeRun() {
    Drover.Running run = four("--set", "worker.max-per-node=1", "--set", "executor.prefetch=0");
    drover.run("cancel", "r", "1", "3").exits(0).prints("to cancel 2 tasks");
    Drover.awaitFile(drover.file("at-2"));
    await()
        .atMost(Drover.PATIENCE)
        .until(() -> drover.run("explain", "r", "3").out().contains("task 3: cancelled"));
    drover
        .run("cancel", "r", "3", "2")
        .exits(0)
        .prints("to cancel 1 task; 1 task had ended already");
    Drover.awaitFile(drover.file("at-4"));
    drover.run("cancel", "r", "--json").exits(0).prints("\"whole_run\":true");
    run.end().exits(4).says("drover: cancelled: 0 of 4 tasks done, 4 cancelled");
    drover.run("cancel", "r").exits(2).says("is not running");
    assertThat(drover.file("at-3")).doesNotExist();
  }

  @Test
  void cancelOfARunWhoseProcessWasKilled_endsItsTasks_andItCanStillBeResumed() {
    Drover.Running run = four();
    run.signal("KILL");
    run.end().exits(137);
    drover.run("cancel", "r", "3").exits(2).says("no process drives ", "fix: drover resume ");
    drover
        .run("cancel", "r")
        .exits(0)
        .says("it is ended from here", "drover: cancelled: 0 of 4 tasks done, 4 cancelled");
    assertThat(drover.file("r/blocks"))
        .isDirectoryNotContaining(block -> !block.endsWith("b-0001"));
    // Sooner than by the heartbeat's threshold of two minutes: they were told.
    await().atMost(Duration.ofSeconds(100)).until(() -> Processes.of(home).isEmpty());
    drover.run("cancel", "r").exits(2).says("is not running");
    assertThat(drover.run("explain", "r").exits(0).out()).contains("4 left", "drover resume ");
  }

  @Test
  void directoryOfALiveRun_isRefusedToOthers_whoAreToldItsHolder() {
    Drover.Running run = four();
    String holder = "in use by process " + run.process().pid() + " on ";
    drover.run("run", "--run-dir", "r", "--", "true").exits(2);
    drover.run("resume", "r").exits(2).says(holder);
    String[] same = new String[4 + FOUR.length];
    same[0] = "run";
    same[1] = "--run-dir";
    same[2] = "r";
    same[3] = "--";
    System.arraycopy(FOUR, 0, same, 4, FOUR.length);
    drover.run(same).exits(2).says(holder, "fix: ");
    assertThat(run.process().isAlive()).isTrue();
    run.signal("INT");
    run.end().exits(130);
  }

  @Test
  void runDirectoryThatIsAFile_orHoldsOtherThings_isRefused() throws IOException {
    Files.writeString(home.resolve("file"), "precious");
    Files.writeString(Files.createDirectory(home.resolve("dir")).resolve("x"), "precious");
    drover.run("run", "--run-dir", "file", "--", "true").exits(2).says("file", "fix: ");
    drover.run("run", "--run-dir", "file/below", "--", "true").exits(2).says("file", "fix: ");
    drover.run("run", "--run-dir", "dir", "--", "true").exits(2).says("dir", "fix: ");
    assertThat(home.resolve("file")).hasContent("precious");
    assertThat(home.resolve("dir")).isDirectoryContaining(f -> f.endsWith("x"));
  }

  @Test
  void runDirectoryOnAReadOnlyDisk_isRefused() throws Exception {
    Path place = Files.createDirectory(home.resolve("ro"));
    try (SmallDisk disk = SmallDisk.mount(place, "ro,size=64k")) {
      drover.run("run", "--run-dir", "ro/r", "--", "true").exits(2).says("ro/r", "fix: ");
    }
  }
}
