package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What belongs to a run on the other side of a real OpenSSH, seen from this side. */
class RemoteFilesRealTest extends HeadNodeTest {
  @BeforeEach
  void begin() {
    startTheHeadNode();
    site();
  }

  @Test
  void logsAndFiles_comeFromTheOtherSide_whenTheyAreAskedFor() throws Exception {
    Files.createDirectories(there().resolve("data"));
    site("worker.working-dir = $HOME/data");
    run(
            "r",
            "--array",
            "1-3",
            "--",
            "echo out $DROVER_TASK_INDEX; echo err >&2; mkdir -p 'res ults/d'; "
                + "seq 300000 > \"res ults/d/$DROVER_TASK_INDEX.txt\"; [ $DROVER_TASK_INDEX != 2 ]")
        .exits(1);
    Path work = there().resolve("data");

    drover.run("logs", "r", "--stdout").exits(0).prints("out 1\n", "out 2\n", "out 3\n");
    assertThat(drover.run("logs", "r", "--task", "2").exits(0).out()).isEqualTo("out 2\nerr\n");
    Drover.Ended failed = drover.run("logs", "r", "--failed", "--json").exits(0);
    assertThat(failed.out().lines()).hasSize(1);
    failed.prints("\"stdout\":\"out 2\\n\"", "\"stderr\":\"err\\n\"");

    drover.run("fetch", "r", "res ults/d/[12].txt").exits(0).says("fetched 2 files");
    for (String each : List.of("1.txt", "2.txt")) {
      assertThat(home.resolve("r/fetched/res ults/d").resolve(each))
          .hasSameBinaryContentAs(work.resolve("res ults/d").resolve(each));
    }
    assertThat(home.resolve("r/fetched/res ults/d/3.txt")).doesNotExist();
    drover
        .run("fetch", "r", "--json", "--to", "to", "journal.jsonl", "res ults")
        .exits(0)
        .prints("\"name\":\"journal.jsonl\"", "\"name\":\"res ults/d/3.txt\"");
    assertThat(home.resolve("to/journal.jsonl"))
        .hasSameBinaryContentAs(there().resolve("drover-runs/r/journal.jsonl"));

    drover
        .run("fetch", "r", "--to", "none", "res ults/d/1.txt", "nothing-*", "../x")
        .exits(2)
        .says("'../x': no file is above");
    drover
        .run("fetch", "r", "--to", "none", "res ults/d/1.txt", "nothing-*", "$(touch hacked)")
        .exits(2)
        .says("there is no file 'nothing-*', '$(touch hacked)'", "nothing was fetched");
    assertThat(home.resolve("none")).doesNotExist();
    assertThat(work.resolve("hacked")).doesNotExist();
    Path kept = home.resolve("r/site.properties");
    Files.writeString(kept, Files.readString(kept).replace("= $HOME/data", "= $NO_SUCH_PLACE/x"));
    drover
        .run("fetch", "r", "res ults")
        .exits(3)
        .says("$NO_SUCH_PLACE/x: NO_SUCH_PLACE is not set on 127.0.0.1", "headnode.init");
  }

  @Test
  void aRunThere_isLookedAtWhileItLives_andTakenUpWithItsFiles() throws Exception {
    drover.write("in.txt", "input");
    site("worker.working-dir = $NO_SUCH_PLACE/x");
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--site",
            "./there.properties",
            "--send",
            "in.txt",
            "--array",
            "1-3",
            "--",
            "cat in.txt; echo err >&2; cp in.txt out.$DROVER_TASK_INDEX; "
                + "until [ $DROVER_TASK_INDEX != 3 ] || [ -e go ]; do sleep 0.1; done");
    Path work = there().resolve("drover-runs/r/work");
    Path journal = home.resolve("r/journal.jsonl");
    await()
        .atMost(Drover.PATIENCE)
        .until(
            () ->
                Files.exists(work.resolve("out.3"))
                    && Files.readAllLines(journal).stream()
                            .filter(line -> line.startsWith("{\"t\":\"done\""))
                            .count()
                        == 2);

    assertThat(drover.run("logs", "r", "--task", "1").exits(0).out()).isEqualTo("input\nerr\n");
    drover.run("fetch", "r", "out.*").exits(0).says("fetched 3 files");
    assertThat(home.resolve("r/fetched/out.2")).hasContent("input");
    assertThat(drover.run("runs", "--site", "./there.properties").exits(0).out())
        .containsPattern("r +live \\(pid [0-9]+ on [^ ]+\\) +3 +2 +0 +there ");
    drover
        .run("explain", "r")
        .exits(0)
        .says("as 127.0.0.1 has it, in " + there().resolve("drover-runs/r"))
        .saysNot("drover resume")
        .prints(home.resolve("r") + ": running", "2 succeeded", "block b-0001  2 slots");
    drover.run("explain", "r", "3").exits(0).prints("task 3 [index 3]: attempt 1 runs on ");
    drover.run("explain", "r", "1", "--json").exits(0).prints("\"attempts\":[{", "\"host\":");

    run.signal("KILL");
    run.end();
    drover.run("explain", "r").exits(0).says("no process here hears of it: drover resume");
    String ready = Files.readString(there().resolve("drover-runs/r/interchange.json"));
    Processes.signal("TERM", ready.replaceAll("(?s).*\"pid\":([0-9]+).*", "$1"));
    Path lock = there().resolve("drover-runs/r/lock");
    await().atMost(Drover.PATIENCE).until(() -> Files.size(lock) == 0);
    drover
        .run("explain", "r")
        .exits(0)
        .saysNot("drover resume")
        .prints("it was stopped: its process was told to end", "to go on: drover resume " + home);

    Files.writeString(work.resolve("go"), "");
    drover
        .run("resume", "r")
        .exits(0)
        .says("the run on 127.0.0.1 was stopped before: its process was told to end; it goes on");
    assertThat(drover.run("logs", "r", "--task", "3").exits(0).out()).isEqualTo("input\nerr\n");
    assertThat(drover.run("runs", "--site", "./there.properties", "--json").exits(0).out())
        .contains("\"how\":\"all_succeeded\"", "\"accepted\":3,\"ended\":3,\"failed\":0");

    server.ctl("stop");
    drover
        .run("explain", "r", "3")
        .exits(0)
        .says("this is what is known here", "127.0.0.1 cannot be asked (cannot connect")
        .prints("task 3 [index 3]: succeeded");
    drover.run("runs", "--site", "./there.properties").exits(3).says("cannot connect", "fix:");
  }

  @Test
  void whatCannotBeFetchedWhole_leavesTheOldFile_andNothingHalf() throws Exception {
    run("r", "--", "truncate -s 3M big").exits(0);
    Files.createDirectories(home.resolve("disk"));
    try (SmallDisk disk = SmallDisk.mount(home.resolve("disk"), "size=1m")) {
      Files.writeString(home.resolve("disk/big"), "old");

      drover.run("fetch", "r", "--to", "disk", "big").exits(3).says("not all was fetched", "space");

      assertThat(home.resolve("disk/big")).hasContent("old");
      try (Stream<Path> files = Files.list(home.resolve("disk"))) {
        assertThat(files).hasSize(1);
      }
    }
    server.ctl("stop");
    drover.run("logs", "r").exits(0); // it wrote nothing, so nothing is asked for
    drover.run("fetch", "r", "big").exits(3).says("cannot connect", "fix:");
  }

  @Test
  void filesAreSentBeforeTheFirstTask_onceForEachContent_andTasksStartThere() throws Exception {
    drover.write("in.txt", "input");
    Files.createDirectories(home.resolve("data/sub"));
    drover.write("data/sub/twin of in.txt", "input");
    Path tool = drover.write("data/tool.sh", "#!/bin/sh", "cat \"$1\" 'data/sub/twin of in.txt'");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    String command = "data/tool.sh in.txt > out.txt; pwd";

    run("r", "--send", "in.txt", "--send", "data", "--", command).exits(0);

    assertThat(there().resolve("drover-runs/r/work/out.txt")).hasContent("input\ninput\n");
    drover.run("fetch", "r", "out.txt").exits(0);
    assertThat(home.resolve("r/fetched/out.txt")).hasContent("input\ninput\n");
    List<Object> sent = inodes();
    assertThat(sent).hasSize(2);
    run("again", "--send", "in.txt", "--send", "data", "--", command).exits(0);
    assertThat(inodes()).isEqualTo(sent);

    Files.createDirectories(home.resolve("elsewhere"));
    drover.write("elsewhere/in.txt", "other");
    run("bad", "--send", "in.txt", "--send", "elsewhere/in.txt", "--send", "gone", "--", "true")
        .exits(2)
        .says("gone: no such file", "it would have the name of");
    assertThat(there().resolve("drover-runs/bad")).doesNotExist();
    drover.run("run", "--send", "in.txt", "--", "true").exits(2).says("--send, and the tasks run");
  }

  private List<Object> inodes() throws IOException {
    List<Object> inodes = new ArrayList<>();
    try (Stream<Path> files = Files.list(there().resolve("drover-runs/.sent"))) {
      for (Path file : files.sorted().toList()) {
        inodes.add(Files.getAttribute(file, "unix:ino"));
      }
    }
    return inodes;
  }
}
