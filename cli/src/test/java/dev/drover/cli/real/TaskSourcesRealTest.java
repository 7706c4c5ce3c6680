package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tasks from each place that they can come from, run for real. */
class TaskSourcesRealTest extends RealTest {
  @Test
  void plainFile_runsEachLine_inTheDirectoryWhereItWasGiven() {
    drover.write("two.tasks", "# a comment", "", "echo one > one", "echo two | tr a-z A-Z > two");
    drover.run("run", "two.tasks").exits(0).says("drover: all 2 tasks done in ");
    assertThat(home.resolve("one")).hasContent("one");
    assertThat(home.resolve("two")).hasContent("TWO");
    assertThat(runs()).hasSize(1).first().asString().endsWith("-two");
  }

  @Test
  void standardInput_isATaskFile() {
    Path input = drover.write("input", "echo a > a", "echo b > b");
    drover.startWith(input, "run", "--run-dir", "r", "-").end().exits(0).says("all 2 tasks done");
    assertThat(home.resolve("a")).exists();
    assertThat(home.resolve("b")).exists();
  }

  @Test
  void aLocaleThatCannotTellAnArgument_isRefused_andATaskFileNeedsNone() {
    drover.environment("LC_ALL", "C");
    drover.write("cafe.tasks", "echo caf\u00e9 > made");
    drover.run("run", "cafe.tasks").exits(0).says("1 task done");
    assertThat(home.resolve("made")).hasContent("caf\u00e9");

    drover.startedBy(List.of("bash", "-c", "exec \"$@\" \"$(printf 'caf\\303\\251')\"", "bash"));
    drover
        .run("run", "--", "echo")
        .exits(2)
        .says("has characters that this locale cannot tell", "fix: set LC_ALL=C.UTF-8, or put");
    assertThat(runs()).hasSize(1);
  }

  @Test
  void aPipe_isReadOnce_andItsTasksAreKeptAllTheSame() throws Exception {
    new ProcessBuilder("mkfifo", home.resolve("pipe").toString()).start().waitFor();
    Process writer =
        new ProcessBuilder("bash", "-c", "printf '%s\n' 'echo a > a' 'echo b > b' > pipe")
            .directory(home.toFile())
            .start();
    drover.run("run", "--run-dir", "r", "pipe").exits(0).says("all 2 tasks done");
    writer.waitFor();
    assertThat(home.resolve("r/tasks.txt")).hasContent("echo a > a\necho b > b");
    drover.run("resume", "r").exits(0).says("all 2 tasks done");
  }

  @Test
  void jsonLines_runInTheOrderOfAfter_withTheirOwnDirectoriesEnvironmentsAndFiles()
      throws IOException {
    Files.createDirectory(home.resolve("below"));
    Files.writeString(home.resolve("given"), "what is given\n");
    // Written backwards, so that the order of the lines is not that of the work.
    drover.write(
        "chain.jsonl",
        "{\"id\":\"last\",\"command\":\"cat first second > last\",\"after\":[\"second\"]}",
        "{\"id\":\"second\",\"command\":\"cat first && echo second > second\",\"after\":[\"first\"]}",
        "{\"id\":\"first\",\"command\":\"test ! -e second && echo first > first\"}",
        "{\"id\":\"argv\",\"argv\":[\"printf\",\"%s|\",\"a b\",\"$HOME\"],\"stdout\":\"argv.out\"}",
        "{\"id\":\"env\",\"command\":\"echo $COLOUR; pwd; cat\",\"env\":{\"COLOUR\":\"red\"},"
            + "\"cwd\":\"below\",\"stdin\":\"../given\",\"stdout\":\"env.out\"}");
    drover.run("run", "chain.jsonl").exits(0).says("all 5 tasks done");
    assertThat(home.resolve("last")).hasContent("first\nsecond");
    assertThat(home.resolve("argv.out")).hasContent("a b|$HOME|");
    // Relative paths are meant from the task's own directory, as after a cd.
    assertThat(home.resolve("below/env.out"))
        .hasContent("red\n" + home.toRealPath().resolve("below") + "\nwhat is given");
  }

  @Test
  void taskAfterAFailedOne_isNotRun_andTheSummarySaysWhy() {
    drover.write(
        "chain.jsonl",
        "{\"id\":\"bad\",\"command\":\"exit 7\"}",
        "{\"id\":\"never\",\"command\":\"touch never\",\"after\":[\"bad\"]}");
    drover
        .run("run", "chain.jsonl")
        .exits(1)
        .says(
            "0 of 2 tasks done, 1 failed, 1 not run because a task before them failed",
            "task \"never\": not run, it comes after \"bad\"");
    assertThat(home.resolve("never")).doesNotExist();
  }

  @Test
  void argumentLists_giveOneTaskForEachCombination() {
    drover
        .run("run", "--", "touch f-{1}-{2}-{#}", ":::", "a", "b c", ":::", "1", "2")
        .exits(0)
        .says("all 4 tasks done");
    assertThat(names("f-"))
        .containsExactlyInAnyOrder("f-a-1-1", "f-a-2-2", "f-b c-1-3", "f-b c-2-4");
  }

  @Test
  void array_givesEachTaskItsIndex() {
    drover
        .run("run", "--array", "3-9:3,20", "--", "touch i-$DROVER_TASK_INDEX")
        .exits(0)
        .says("all 4 tasks done");
    assertThat(names("i-")).containsExactlyInAnyOrder("i-3", "i-6", "i-9", "i-20");
  }

  @Test
  void taskFileWithErrors_isToldWhole_andNothingIsStarted() {
    drover.write(
        "bad.jsonl",
        "{\"id\":\"a\",\"command\":\"true\",\"after\":[\"c\"]}",
        "{\"id\":\"b\",\"comand\":\"true\"}",
        "{\"id\":\"c\",\"command\":\"true\",\"after\":[\"a\"]}",
        "{\"id\":\"a\",\"command\":\"true\",\"timeout\":90}",
        "not json",
        "{\"command\":\"true\",\"after\":[\"nobody\"]}");
    Drover.Ended ended = drover.run("run", "bad.jsonl").exits(2);
    ended.says("bad.jsonl:2", "did you mean 'command'", "bad.jsonl:4", "bad.jsonl:5");
    assertThat(home.resolve("drover-runs")).doesNotExist();

    drover.write(
        "circle.jsonl",
        "{\"id\":\"a\",\"command\":\"true\",\"after\":[\"b\"]}",
        "{\"id\":\"b\",\"command\":\"true\",\"after\":[\"a\"]}",
        "{\"id\":\"c\",\"command\":\"true\",\"after\":[\"nobody\"]}");
    drover.run("run", "circle.jsonl").exits(2).says("nobody");
    drover.run("run", "no-such-file").exits(2).says("no-such-file");
    drover.run("run", "--array", "9-3", "--", "true").exits(2).says("9-3");
    assertThat(home.resolve("drover-runs")).doesNotExist();
  }

  @Test
  void unknownSiteKeyAndOption_areAnsweredWithTheNearestRightOne_andNothingIsStarted() {
    drover.run("run", "--site", "lokal", "--", "true").exits(2).says("lokal", "local");
    drover
        .run("run", "--set", "worker.max-per-nod=2", "--set", "executor.retries=x", "--", "true")
        .exits(2)
        .says("worker.max-per-nod", "worker.max-per-node", "executor.retries");
    drover.run("run", "--retreis", "2", "--", "true").exits(2).says("did you mean '--retries'");
    assertThat(home.resolve("drover-runs")).doesNotExist();
  }

  private List<Path> runs() {
    return list(home.resolve("drover-runs"));
  }

  private List<String> names(String prefix) {
    return list(home).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
