package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs whose interchange is on the other side of a real OpenSSH. */
class RemoteOverSshRealTest extends HeadNodeTest {
  private Marks marks;

  @BeforeEach
  void begin() {
    startTheHeadNode();
    marks = new Marks(home.resolve("done"));
    site("worker.working-dir = " + home, "headnode.keep-alive = 1s");
  }

  private Drover.Running start(int tasks, String command) {
    return drover.start(runOf("r", "--array", "1-" + tasks, "--", command));
  }

  @Test
  void aRun_sendsTheJarOnce_runsThere_andItsInterchangeEndsWithIt() throws Exception {
    start(20, marks.command()).end().exits(0);

    marks.assertEachOnce(20);
    assertThat(there().resolve("drover-runs/r/journal.jsonl")).exists();
    Files.delete(home.resolve("done"));
    drover
        .run(
            "run",
            "--site",
            "./there.properties",
            "--array",
            "1-3",
            "--",
            marks.command() + "; [ $DROVER_TASK_INDEX != 2 ]")
        .exits(1);
    marks.assertEachOnce(3);
    try (Stream<Path> jars = Files.list(there().resolve(".cache/drover"))) {
      assertThat(jars).hasSize(1);
    }
  }

  @Test
  void theConnectionIsCut_theRunGoesOnAndHearsOfAllTasks() throws Exception {
    String wait = "until [ $DROVER_TASK_INDEX -le 100 ] || [ -e go ]; do sleep 0.1; done; ";
    Drover.Running run = start(200, wait + marks.command() + "; sleep 0.03");
    marks.awaitMoreThan(20);

    server.ctl("cut");

    drover.write("go");
    run.end().exits(0).says("all 200 tasks done");
    marks.assertEachOnce(200);
  }

  @Test
  void theSubmitterIsKilled_andResumeCollectsWhatWentOn() throws Exception {
    Drover.Running run = start(100, marks.command() + "; sleep 0.03");
    marks.awaitMoreThan(10);
    run.signal("KILL");
    run.end();
    marks.awaitMoreThan(99);

    drover.run("resume", "r").exits(0);

    marks.assertEachOnce(100);
  }
}
