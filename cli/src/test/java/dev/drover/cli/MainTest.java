package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.cli.console.Console;
import dev.drover.cli.inspect.FakeRun;
import dev.drover.cli.run.LocalEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, on an engine that runs commands in this process. */
class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private InputStream in = InputStream.nullInputStream();

  @TempDir Path directory;

  @Test
  void help_listsTheCommandsThatWork() {
    assertThat(drover("--help")).isZero();
    assertThat(text(out))
        .isEqualTo(
            """
            Usage: drover COMMAND [OPTIONS] …
            Runs ensembles of commands, MPI programs and Java functions on batch-scheduled machines.

              -h, --help      Print this help.
              -V, --version   Print the version.

            Commands:
              run          Run tasks and wait until all have ended.
              resume       Go on with a run that stopped.
              runs         List the runs that there are, here or on a head node.
              explain      Say what a task waits for, or how it ended.
              logs         Print what the tasks of a run wrote.
              cancel       Cancel a run, or some of the tasks of a live one.
              fetch        Copy files of a run on a head node to this machine.
              render       Print the job script of a block, or ask the scheduler about it.
              templates    List, show and compare the templates of job scripts.
              sites        List, show, check and compare sites, and their keys.
              doctor       Try the path to a site's nodes, or show what it gives to workers on this one.
              interchange  Hold a run on this machine for a process elsewhere (it starts this).
              bundle       Pack Drover and a Java runtime for machines without Java.
              completion   Print what makes a shell complete the words of drover.
              worker-pool  Run tasks on this node (blocks start it).

            drover COMMAND --help tells more. Exit codes: 0 all tasks done, 1 some failed, 2 usage or
            configuration, 3 infrastructure, 4 cancelled, 130 interrupted.

            Examples:
              drover run examples/wordcount.jsonl
              drover run -- 'echo {}; sleep 1' ::: a b c
            """);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void help_withoutAnEngine_listsNothingThatWouldNotWork() {
    Services none = new Services(Optional.empty(), Optional.empty());
    assertThat(new Main(none, console()).run("--help")).isZero();
    assertThat(text(out)).doesNotContain("resume").doesNotContain("logs");
  }

  @Test
  void helpOfRun_isTheTextOfItsFile() throws IOException {
    assertThat(drover("run", "--help")).isZero();
    try (InputStream expected = getClass().getResourceAsStream("run-help.txt")) {
      assertThat(text(out)).isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyCommand_hasHelpWithExamples() {
    for (String command :
        List.of("run", "resume", "explain", "logs", "cancel", "fetch", "render", "templates")) {
      out.reset();
      assertThat(drover(command, "--help")).isZero();
      assertThat(text(out))
          .contains("Examples:")
          .contains("  drover " + command)
          .contains("--json");
    }
  }

  @Test
  void noCommand_printsTheHelpToStderr_andExits2() {
    assertThat(drover()).isEqualTo(2);
    assertThat(text(err)).startsWith("Usage: drover COMMAND");
  }

  @Test
  void mistypedWords_areAnsweredWithTheNearestRightOne() {
    assertUsage(
        "drover: no command 'rnu'; did you mean 'run'?\n  drover --help tells what there is\n",
        "rnu");
    assertUsage(
        "drover run: unknown option '--retreis'; did you mean '--retries'?\n  drover run --help tells what there is\n",
        "run",
        "--retreis=3");
    assertUsage(
        "drover run: unknown option '--jobslog'; did you mean '--jobs-log'?\n  drover run --help tells what there is\n",
        "run",
        "--jobslog",
        "x");
  }

  @Test
  void wrongUse_exits2_andSaysTheMend() {
    assertUsage(
        "drover: nothing to run\n  fix: give a task file, or a command: drover run -- COMMAND\n",
        "run");
    assertUsage(
        "drover: the command is to follow --\n  fix: drover run -- echo ::: a\n",
        "run",
        "echo",
        ":::",
        "a");
    assertUsage(
        "drover: both a task file (x) and a command after --\n  fix: give one of the two\n",
        "run",
        "x",
        "--",
        "true");
    assertUsage(
        "drover: --timeout '90' has no unit\n  fix: write 90s, 90m or 90h\n",
        "run",
        "--timeout",
        "90",
        "--",
        "true");
    assertUsage(
        "drover: --retries -1: it is 0 or more\n  fix: give 0 for none\n",
        "run",
        "--retries",
        "-1",
        "--",
        "true");
  }

  @Test
  void malformedTaskFile_startsNothing() throws IOException {
    Path file = Files.writeString(directory.resolve("t.jsonl"), "{\"comand\": 1}\n{}\n");
    Path run = directory.resolve("run");
    assertUsage(
        "drover: "
            + file
            + ":1: unknown key 'comand'; did you mean 'command'?\n"
            + file
            + ":2: no command; add \"command\": \"…\" or \"argv\": [\"…\"]\n",
        "run",
        "--run-dir",
        run.toString(),
        file.toString());
    assertThat(run).doesNotExist();
  }

  @Test
  void tasks_run_andTheExitCodeSaysHowTheyEnded() {
    assertThat(drover("run", "--run-dir", dir("a"), "--", "true")).isZero();
    assertThat(text(err)).contains("1 task done").endsWith("run directory: " + dir("a") + "\n");
    assertThat(drover("run", "--run-dir", dir("b"), "--", "exit {}", ":::", "0", "3")).isEqualTo(1);
    assertThat(text(err))
        .contains("1 of 2 tasks done, 1 failed")
        .contains("task 2: exit code 3 on localhost");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void standardInput_isATaskFile_andIsKeptInTheRunDirectory() throws IOException {
    in = new ByteArrayInputStream("# two\ntrue\necho x\n".getBytes(StandardCharsets.UTF_8));
    assertThat(drover("run", "--json", "--run-dir", dir("a"), "-")).isZero();
    assertThat(text(out))
        .startsWith("{\"drover_json\":1,\"command\":\"run\",\"exit_code\":0,")
        .endsWith("]}\n");
    assertThat(Path.of(dir("a"), "tasks.txt")).hasContent("# two\ntrue\necho x\n");
  }

  @Test
  void sameRunDirectory_goesOnWithTheSameTasks_andRefusesOthers() throws IOException {
    assertThat(drover("run", "--run-dir", dir("a"), "--", "echo", ":::", "x", "y")).isZero();
    assertThat(Path.of(dir("a"), "tasks.jsonl"))
        .hasContent("{\"command\":\"echo x\"}\n{\"command\":\"echo y\"}\n");
    assertThat(drover("run", "--run-dir", dir("a"), "--", "echo", ":::", "x", "y")).isZero();
    err.reset();
    assertUsage(
        "drover: "
            + dir("a")
            + " holds a run of other tasks\n  fix: give another --run-dir, or go on with its own: "
            + "drover resume "
            + dir("a")
            + "\n",
        "run",
        "--run-dir",
        dir("a"),
        "--",
        "echo",
        ":::",
        "x",
        "z");
    assertThat(drover("resume", dir("a"))).isZero();
    assertThat(drover("run", "--run-dir", dir("b"), "--array", "0-9", "--", "exit", "0")).isZero();
    assertThat(drover("resume", dir("b"))).isZero();
    assertThat(text(err)).contains("all 10 tasks done");
  }

  @Test
  void cancelRequest_endsTheRun_withExit4() throws Exception {
    Path started = directory.resolve("started");
    Thread canceller =
        new Thread(
            () -> {
              await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(started));
              FakeRun live = new FakeRun(Path.of(dir("a")));
              live.live = true;
              Services services =
                  new Services(Optional.of(new LocalEngine()), Optional.of(run -> live));
              new Main(services, console()).run("cancel", dir("a"));
            });
    canceller.start();
    assertThat(drover("run", "--run-dir", dir("a"), "--", "touch " + started + "; exec sleep 60"))
        .isEqualTo(4);
    canceller.join();
    assertThat(text(err)).contains("drover: cancelled: 0 of 1 task done, 1 cancelled");
    assertThat(text(out)).isEqualTo("asked " + dir("a") + " to end\n");
  }

  @Test
  void ctrlC_endsTheRunInOrder_andSigtermToo() throws Exception {
    assertThat(signalled("INT")).isEqualTo(130);
    assertThat(signalled("TERM")).isEqualTo(4);
    assertThat(signalled("HUP")).isEqualTo(4);
  }

  private int signalled(String signal) throws Exception {
    Path started = directory.resolve("started-" + signal);
    Process drover =
        // Under nohup, or in a shell's background, tests inherit signals that are ignored.
        new ProcessBuilder(
                "env",
                "--default-signal",
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.drover.cli.TrialMain",
                "run",
                "--run-dir",
                dir(signal),
                "--",
                "touch " + started + "; exec sleep 60")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log-" + signal).toFile())
            .start();
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(started));
    new ProcessBuilder("kill", "-" + signal, Long.toString(drover.pid())).start().waitFor();
    assertThat(drover.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(directory.resolve("log-" + signal)))
        .contains("0 of 1 task done, 1 cancelled")
        .contains("to go on:      drover resume " + dir(signal));
    return drover.exitValue();
  }

  private String dir(String name) {
    return directory.resolve(name).toString();
  }

  private void assertUsage(String expected, String... args) {
    err.reset();
    assertThat(drover(args)).isEqualTo(2);
    assertThat(text(err)).isEqualTo(expected);
  }

  private int drover(String... args) {
    Services services = new Services(Optional.of(new LocalEngine()), Optional.of(FakeRun::new));
    return new Main(services, console()).run(args);
  }

  private Console console() {
    return new Console(
        in,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        80);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
