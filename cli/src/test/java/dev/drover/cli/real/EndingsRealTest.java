package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How tasks end, and what the command says, logs and exits with. */
class EndingsRealTest extends RealTest {
  @Test
  void everyKindOfFailure_isToldWithItsCauseAndItsMend() throws IOException {
    Path script = Files.writeString(home.resolve("plain.sh"), "echo never\n");
    drover.write(
        "bad.jsonl",
        "{\"id\":\"unknown\",\"command\":\"no-such-command-here\"}",
        "{\"id\":\"unknown-to-bash\",\"command\":\"no-such-command-here | cat; exit 127\"}",
        "{\"id\":\"unknown-argv\",\"argv\":[\"no-such-program-here\"]}",
        "{\"id\":\"not-executable\",\"command\":\"" + script + "\"}",
        "{\"id\":\"killed\",\"command\":\"kill -9 $$\"}",
        "{\"id\":\"slow\",\"command\":\"exec sleep 300\",\"timeout\":\"300ms\"}",
        "{\"id\":\"unwritable\",\"command\":\"true\",\"stdout\":\"/proc/no/such/place\"}",
        "{\"id\":\"code\",\"command\":\"echo its last words >&2; exit 42\"}",
        "{\"id\":\"good\",\"command\":\"true\"}");
    Drover.Ended ended = drover.run("run", "--run-dir", "r", "bad.jsonl").exits(1);
    ended.says("1 of 9 tasks done, 8 failed", "drover logs --failed");
    String all = drover.run("logs", "--failed", "--json", "r").exits(0).out();
    assertThat(all.lines()).hasSize(8);
    assertThat(line(all, "unknown"))
        .contains("\"exit_code\":127", "no such program in the task's PATH", "fix: ");
    assertThat(line(all, "unknown-to-bash")).contains("\"exit_code\":127", "command not found");
    assertThat(line(all, "unknown-argv")).contains("no-such-program-here");
    assertThat(line(all, "not-executable"))
        .contains("\"exit_code\":126", "may not be executed", "chmod +x");
    assertThat(line(all, "killed")).contains("\"ending\":\"signalled\"", "\"signal\":9");
    assertThat(line(all, "slow")).contains("\"ending\":\"timed_out\"");
    assertThat(line(all, "unwritable"))
        .contains("\"ending\":\"not_started\"", "/proc/no/such/place");
    assertThat(line(all, "code")).contains("\"exit_code\":42", "its last words");

    assertThat(explain("unknown-to-bash")).contains("fix: command not found", "exit code 127");
    assertThat(explain("killed")).contains("killed by signal 9 (SIGKILL)", "fix: ");
    assertThat(explain("slow")).contains("timed out after ", "fix: give it more time");
    assertThat(explain("code")).contains("exit code 42", "| its last words");
    assertThat(drover.run("explain", "r").exits(0).out())
        .contains("9 tasks: 1 succeeded, 8 failed, 0 left");
  }

  private String explain(String task) {
    return drover.run("explain", "r", task).exits(0).out();
  }

  private static String line(String all, String name) {
    return all.lines()
        .filter(line -> line.contains("\"name\":\"" + name + "\""))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line of " + name + " in " + all));
  }

  @Test
  void retries_runAFailedTaskAgain_andItsStoryTellsEachAttempt() {
    String third = "echo x >> tries; [ $(wc -l < tries) -ge 3 ]";
    drover.run("run", "--run-dir", "r", "--retries", "2", "--", third).exits(0);
    assertThat(home.resolve("tries")).hasContent("x\nx\nx");
    assertThat(drover.run("explain", "r", "1").exits(0).out())
        .contains("task 1: succeeded on ", "attempt 3")
        .contains("attempt 1: exit code 1", "attempt 2: exit code 1", "attempt 3: succeeded");
  }

  /** {@code timeout} alone makes a process group of its own. */
  @Test
  void aTaskThatIsEnded_leavesNothing_alsoNotWhatHearsNoTermInAGroupOfItsOwn() {
    drover.write(
        "t.tasks",
        "timeout 1h bash -c 'trap : TERM; touch up; while :; do sleep 0.1; done'; echo x",
        "setsid bash -c 'trap \"\" TERM; touch too; while :; do sleep 0.1; done' & wait");
    drover
        .run("run", "--timeout", "5s", "--set", "worker.kill-grace=500ms", "t.tasks")
        .exits(1)
        .says("0 of 2 tasks done, 2 failed");
    assertThat(home.resolve("up")).exists();
    assertThat(home.resolve("too")).exists();
    assertThat(Processes.of(home).stream().filter(Processes.Seen::isTask)).isEmpty();
  }

  @Test
  void aTaskThatMayNotBeRepeated_isNot_whateverTheSiteSays() throws IOException {
    drover.write(
        "t.jsonl",
        "{\"command\": \"echo own >> tries; false\", \"retries\": 0}",
        "{\"command\": \"echo site >> tries; false\"}");
    drover.run("run", "--run-dir", "r", "--set", "executor.retries=1", "t.jsonl").exits(1);
    assertThat(Files.readAllLines(home.resolve("tries")))
        .containsExactlyInAnyOrder("own", "site", "site");
    drover
        .run("run", "--set", "executor.retries=1", "--retries", "0", "--", "echo x >> once; false")
        .exits(1);
    assertThat(home.resolve("once")).hasContent("x");
  }

  @Test
  void failFast_endsTheRestAtTheFirstFailure() {
    drover.write("t.tasks", "exit 3", "exec sleep 300", "touch never", "touch never");
    drover
        .run("run", "--run-dir", "r", "--fail-fast", "--set", "worker.max-per-node=1", "t.tasks")
        .exits(1)
        .says("stopped at the first failure", "0 of 4 tasks done, 1 failed");
  }

  @Test
  void jobsLog_hasTheHeaderAndColumnsOfGnuParallel_andOneLineATask() throws IOException {
    drover.run("run", "--jobs-log", "log.tsv", "--", "exit {}", ":::", "0", "5", "0").exits(1);
    List<String> lines = Files.readAllLines(home.resolve("log.tsv"));
    assertThat(lines.get(0))
        .isEqualTo("Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand");
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split("\t")).toList();
    assertThat(rows).hasSize(3).allSatisfy(row -> assertThat(row).hasSize(9));
    assertThat(rows).extracting(row -> row[0]).containsExactlyInAnyOrder("1", "2", "3");
    assertThat(rows)
        .extracting(row -> row[0] + " " + row[6] + " " + row[7] + " " + row[8])
        .contains("1 0 0 exit 0", "2 5 0 exit 5", "3 0 0 exit 0");
    double now = System.currentTimeMillis() / 1000.0;
    assertThat(rows)
        .extracting(row -> Double.parseDouble(row[2].strip()))
        .allSatisfy(time -> assertThat(time).isBetween(now - 300, now));
    assertThat(rows)
        .extracting(row -> Double.parseDouble(row[3].strip()))
        .allSatisfy(seconds -> assertThat(seconds).isBetween(0.0, 60.0));
  }

  @Test
  void json_isOneObjectWithTheWholeOutcome_andStderrHasNoProgress() throws IOException {
    Drover.Ended ended =
        drover.run("run", "--json", "--run-dir", "r", "--", "sleep 0.1; exit {}", ":::", "0", "3");
    ended.exits(1);
    assertThat(ended.err().lines().findFirst().orElse("")).contains("1 of 2 tasks done");
    assertThat(ended.out().lines()).hasSize(1);
    List<String> keys = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(ended.out())) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        keys.add(json.currentName());
        json.nextToken();
        json.skipChildren();
      }
      assertThat(json.nextToken()).isNull();
    }
    assertThat(keys)
        .containsExactly(
            "drover_json",
            "command",
            "exit_code",
            "run_directory",
            "tasks",
            "succeeded",
            "failed",
            "dependency_failed",
            "cancelled",
            "left",
            "ended_before",
            "wall_seconds",
            "cpu_seconds",
            "first_failures");
    ended.prints(
        "{\"drover_json\":1,\"command\":\"run\",\"exit_code\":1,",
        "\"tasks\":2,\"succeeded\":1,\"failed\":1,",
        "\"first_failures\":[{\"id\":2,\"command\":\"sleep 0.1; exit 3\",\"ending\":\"failed\",");
  }

  @Test
  void plainProgress_isWholeLinesWithoutControlCharacters() {
    Drover.Running run = drover.start("run", "--", "until [ -e go ]; do sleep 0.1; done");
    run.awaitErr("0/1 done");
    drover.write("go");
    Drover.Ended ended = run.end().exits(0);
    assertThat(ended.err()).doesNotContain("\r", "\u001B");
    assertThat(ended.err().lines().filter(line -> line.matches("drover: 0/1 done \\(0 %\\), .*")))
        .isNotEmpty();
    assertThat(drover.run("run", "--progress", "none", "--", "sleep 3").exits(0).err())
        .doesNotContain("0/1 done");
  }
}
