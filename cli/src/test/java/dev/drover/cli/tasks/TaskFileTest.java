package dev.drover.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFileTest {
  private static final TaskDefaults DEFAULTS =
      new TaskDefaults(TaskOptions.DEFAULT.withRetries(1), Duration.ofMinutes(5), report -> {});

  @TempDir Path directory;

  @Test
  void plainFile_skipsBlankAndCommentLines_toleratesCrLf_andDoesNotJoinLines() throws Exception {
    TaskList tasks = plain("\uFEFFecho a\r\n\n   \n  # a comment\necho b # kept \\\necho c");
    assertThat(commands(tasks)).containsExactly("echo a", "echo b # kept \\", "echo c");
    assertThat(tasks.after()).isEmpty();
  }

  @Test
  void plainFile_givesEveryTaskTheDefaults_sharingThem() throws Exception {
    TaskList tasks = plain("a\nb\n");
    TaskBatch first = tasks.batches().get(0);
    TaskBatch second = tasks.batches().get(1);
    assertThat(first.options()).isSameAs(second.options()).isSameAs(DEFAULTS.options());
    assertThat(first.completion()).isSameAs(second.completion());
    assertThat(first.spec().timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(first.spec().resources()).isSameAs(ResourceRequest.ONE_SLOT);
  }

  @Test
  void plainFile_ofAMillionLines_isReadWhole() throws Exception {
    Path file = directory.resolve("million.txt");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < 1_000_000; i++) {
        out.write("simulate --seed " + i + "\n");
      }
    }
    TaskList tasks = TaskSources.file(file, "million.txt", DEFAULTS);
    assertThat(tasks.count()).isEqualTo(1_000_000);
    assertThat(((TaskWork.Shell) tasks.batches().get(999_999).spec().work()).argv())
        .containsExactly("simulate --seed 999999");
  }

  @Test
  void plainFile_withBytesThatAreNoText_tellsEachLine() throws Exception {
    Path file = directory.resolve("bad.txt");
    Files.write(file, new byte[] {'a', '\n', (byte) 0xff, '\n', 'b', 0, '\n'});
    assertThat(problem(file))
        .isEqualTo(
            """
            bad.txt:2: the line is not valid UTF-8; save the file as UTF-8
            bad.txt:3: the line holds a NUL character; no command can hold one: is this a text file?""");
  }

  @Test
  void emptyFile_isRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("none.txt"), "# nothing\n\n");
    assertThat(problem(file)).isEqualTo("none.txt: no task in it; write one command a line");
  }

  @Test
  void missingFile_isRefused() {
    InvalidTasksException problem =
        catchThrowableOfType(InvalidTasksException.class, () -> TaskSources.readable("no/such"));
    assertThat(problem)
        .hasMessage(
            "no/such: no such file; give a task file, or a command after --: drover run -- COMMAND");
  }

  @Test
  void jsonFile_readsEveryKey() throws Exception {
    TaskList tasks =
        json(
            """
            {"id": "prep", "command": "make data"}

            {"id": 7, "argv": ["fit", "-n", 3], "cwd": "w", "env": {"A": "x", "B": 2}, "stdin": "i", \
            "stdout": "o", "stderr": "e", "timeout": "1h30m", "retries": 2, "priority": -5, "resources": \
            {"cores": 1.5, "accelerators": 1, "memory": "4GiB", "nodes": 2, "ranks_per_node": 8}, "after": "prep"}
            {"argv": ["last"], "after": ["prep", "7"], "cwd": null}
            """);
    TaskBatch fit = tasks.batches().get(1);
    TaskWork.Shell shell = (TaskWork.Shell) fit.spec().work();
    assertThat(fit.spec().name()).isEqualTo("7");
    assertThat(shell.argv()).containsExactly("fit", "-n", "3");
    assertThat(shell.commandLine()).isFalse();
    assertThat(shell.cwd()).contains("w");
    assertThat(shell.env()).isEqualTo(Map.of("A", "x", "B", "2"));
    assertThat(List.of(shell.stdin().get(), shell.stdout().get(), shell.stderr().get()))
        .containsExactly("i", "o", "e");
    assertThat(fit.spec().timeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(fit.options()).isEqualTo(TaskOptions.DEFAULT.withRetries(2).withPriority(-5));
    assertThat(fit.spec().resources()).isEqualTo(new ResourceRequest(1.5, 1, 4L << 30, 2, 8));
    assertThat(tasks.after()).isEqualTo(Map.of(1, List.of(0), 2, List.of(0, 1)));
    assertThat(tasks.batches().get(2).spec().name()).isEqualTo("line-4");
  }

  @Test
  void jsonFile_takesParslsNamesOfNodesAndRanks_andComputesTheThirdNumber() throws Exception {
    TaskList tasks =
        json(
            """
            {"command": "a", "resources": {"num_nodes": 2, "ranks_per_node": 12, "launcher_options": " --cpu-bind depth "}}
            {"command": "b", "resources": {"nodes": 2, "num_ranks": 24}}
            {"command": "c", "resources": {"ranks_per_node": 12, "num_ranks": 24, "num_nodes": null}}
            {"command": "d", "resources": {"nodes": 2, "num_nodes": 2, "ranks_per_node": 12, "num_ranks": 24}}
            {"command": "e", "resources": {"ranks_per_node": 4, "cores": 8}}
            {"command": "f", "resources": {"nodes": 3}, "after": []}
            """);
    for (int i = 0; i < 4; i++) {
      assertThat(tasks.batches().get(i).spec().resources())
          .isEqualTo(new ResourceRequest(0, 0, 0, 2, 12));
    }
    assertThat(tasks.batches().get(0).spec().launcherOptions()).isEqualTo("--cpu-bind depth");
    assertThat(tasks.batches().get(4).spec().resources())
        .isEqualTo(new ResourceRequest(8, 0, 0, 0, 4));
    assertThat(tasks.batches().get(5).spec().resources())
        .isEqualTo(new ResourceRequest(0, 0, 0, 3, 0));
  }

  @Test
  void jsonFile_refusesNumbersThatContradict_withAllThree_eachWithItsLine() {
    assertThat(
            jsonProblem(
                """
                {"command": "x", "resources": {"num_nodes": 2, "ranks_per_node": 4, "num_ranks": 9}}
                {"command": "x", "resources": {"nodes": 2, "num_nodes": 3}}
                {"command": "x", "resources": {"num_ranks": 4}}
                {"command": "x", "resources": {"nodes": 2, "num_ranks": 5}}
                {"command": "x", "resources": {"rank_per_node": 4, "launcher_options": 3}}
                {"command": "x", "resources": {"nodes": 1.5}}
                {"command": "x", "resources": {"launcher_options": "-x"}}
                {"command": "x", "resources": {"nodes": -1}}
                """))
        .isEqualTo(
            """
            t.jsonl:1: an MPI task's numbers contradict one another: num_nodes=2, ranks_per_node=4, num_ranks=9, and num_ranks is num_nodes x ranks_per_node, each at least 1; give two of nodes, ranks_per_node and num_ranks; the third is computed
            t.jsonl:2: nodes=2 and num_nodes=3 contradict one another; keep one of the two: they mean the same
            t.jsonl:3: num_ranks=4 alone does not say where they are; add "nodes"; or, for ranks within one node, write "ranks_per_node" in its place
            t.jsonl:4: an MPI task's ranks do not spread evenly: num_nodes=2, num_ranks=5, and 5 / 2 is no whole number; give two of nodes, ranks_per_node and num_ranks; the third is computed
            t.jsonl:5: unknown resource 'rank_per_node'; did you mean 'ranks_per_node'?
            t.jsonl:5: 'launcher_options' is not a text; write "launcher_options": "…"
            t.jsonl:6: 'nodes' is not a whole number; write "nodes": 1
            t.jsonl:7: 'launcher_options' without ranks to launch; add "nodes" and "ranks_per_node"
            t.jsonl:8: 'nodes' cannot be -1; it is 0 or more""");
  }

  @Test
  void tasksThatDoNotSayThemselves_haveTheNodesAndRanksOfTheCommandLine() throws Exception {
    TaskDefaults ranks =
        new TaskDefaults(
            TaskOptions.DEFAULT, Duration.ZERO, new MpiChoice(2, 12, "-v"), report -> {});
    Path plain = Files.writeString(directory.resolve("plain.txt"), "one\n");
    Path lines =
        Files.writeString(
            directory.resolve("own.jsonl"),
            "{\"command\": \"one\"}\n{\"command\": \"own\", \"resources\": {\"cores\": 1}}\n");
    TaskSpec first = TaskSources.file(plain, "p", ranks).batches().get(0).spec();
    assertThat(first.resources()).isEqualTo(new ResourceRequest(0, 0, 0, 2, 12));
    assertThat(first.launcherOptions()).isEqualTo("-v");
    List<TaskBatch> own = TaskSources.file(lines, "j", ranks).batches();
    assertThat(own.get(0).spec().resources()).isEqualTo(first.resources());
    assertThat(own.get(1).spec().resources()).isEqualTo(new ResourceRequest(1, 0, 0, 0, 0));
    assertThat(own.get(1).spec().launcherOptions()).isEmpty();
    assertThat(TaskSources.array("0-3", List.of("x"), ranks).batches().get(0).spec().resources())
        .isEqualTo(first.resources());
  }

  private static final TaskDefaults JUDGED =
      DEFAULTS.judgedBy(
          asked -> asked.nodes() == 0 ? "no nodes" : asked.nodes() > 4 ? "many\n  fix: fewer" : "");

  @Test
  void whatNoBlockCanRun_isToldLineByLine_besideWhatIsWrongWithTheLines() {
    assertThat(
            problem(
                "t.jsonl",
                """
                {"command": "x"}
                {"command": "x", "resources": {"nodes": 4}}
                {"command": "x", "resources": {"nodes": 5}}
                {"command": "x", "resources": {"node": 4}}
                {"command": "x", "resources": {"cores": 4}, "after": "y"}
                """,
                JUDGED))
        .isEqualTo(
            """
            t.jsonl:1: no nodes; add "resources": {"nodes": 2, "ranks_per_node": 12}, or run with --nodes and --ranks-per-node
            t.jsonl:3: many; fewer
            t.jsonl:4: unknown resource 'node'; did you mean 'nodes'?
            t.jsonl:5: no nodes; ask for less
            t.jsonl:5: comes after 'y', which no task has as its id; give that task an "id\"""");
  }

  @Test
  void whereOneThingIsWrongWithAllTasks_itIsToldOnce() {
    assertThat(problem("t.txt", "one\ntwo\0\nthree\n", JUDGED))
        .isEqualTo(
            """
            t.txt:2: the line holds a NUL character; no command can hold one: is this a text file?
            t.txt: no nodes; run with --nodes and --ranks-per-node""");
    TaskDefaults many =
        new TaskDefaults(TaskOptions.DEFAULT, Duration.ZERO, new MpiChoice(5, 1, ""), report -> {})
            .judgedBy(JUDGED.judge());
    assertThat(problem("t.txt", "one\ntwo\n", many)).isEqualTo("t.txt: many; fewer");
    assertThatThrownBy(() -> TaskSources.array("0-9,x", List.of("x"), many))
        .hasMessageContainingAll("--array: 'x' is no range", "--array: many; fewer");
    assertThatThrownBy(
            () ->
                TaskSources.command(List.of("x", ":::", "a"), InputStream.nullInputStream(), many))
        .hasMessage("--: many; fewer");
  }

  @Test
  void jsonFile_tellsAllProblemsAtOnce_withTheMendOfEach() {
    assertThat(
            jsonProblem(
                """
                {"id": "a", "comand": "x"}
                {"command": "x", "timeout": 90}
                {"command": "x", "argv": ["y"], "resources": {"core": 1, "memory": "4"}}
                not json
                {"id": "b"}
                {"id": "b", "command": "x", "after": ["c"], "retries": -1}
                {"command": ["x"], "env": {"A": [1]}, "priority": 1.5}
                {"command": "x", "command": "y"}
                {"id": "fit-alpha", "command": "x", "after": "fit-alpah", "timeout": "60:30"}
                {"command": "x"} {"command": "y"}
                [1]
                {"command": "x"
                """))
        .isEqualTo(
            """
            t.jsonl:1: unknown key 'comand'; did you mean 'command'?
            t.jsonl:2: timeout '90' has no unit; write 90s, 90m or 90h
            t.jsonl:3: unknown resource 'core'; did you mean 'cores'?
            t.jsonl:3: memory '4' has no unit; write 4MiB or 4GiB
            t.jsonl:3: both 'command' and 'argv'; keep one of the two
            t.jsonl:4: not valid JSON at column 1: Unrecognized token 'not'; write one complete object a line
            t.jsonl:5: no command; add "command": "…" or "argv": ["…"]
            t.jsonl:6: 'retries' cannot be -1; it is 0 or more
            t.jsonl:6: the id 'b' is taken by line 5; give each task its own id
            t.jsonl:7: 'command' is not a text; a list of words goes under "argv"
            t.jsonl:7: the variable 'A' is not a text; write "A": "…"
            t.jsonl:7: 'priority' is not a whole number; write "priority": 1
            t.jsonl:8: not valid JSON at column 27: Duplicate field 'command'; write one complete object a line
            t.jsonl:9: timeout '60:30' may be hours or minutes; write 60h30m or 60m30s
            t.jsonl:10: more than one JSON value; write one object a line
            t.jsonl:11: not a JSON object; write {"command": "…"} on each line
            t.jsonl:12: not valid JSON at column 16: Unexpected end-of-input: expected close marker for Object; write one complete object a line
            t.jsonl:6: comes after 'c', which no task has as its id; give that task an "id"
            t.jsonl:9: comes after 'fit-alpah', which no task has as its id; did you mean 'fit-alpha'?""");
  }

  @Test
  void jsonFile_withCycles_printsEachOnce() {
    assertThat(
            jsonProblem(
                """
                {"id": "root", "command": "x"}
                {"id": "a", "command": "x", "after": ["root", "b"]}
                {"id": "b", "command": "x", "after": ["c"]}
                {"id": "c", "command": "x", "after": ["a"]}
                {"id": "self", "command": "x", "after": "self"}
                {"id": "behind", "command": "x", "after": ["a"]}
                """))
        .isEqualTo(
            """
            t.jsonl:2: waits for itself: a → b → c → a; take one "after" of these out
            t.jsonl:5: waits for itself: self → self; take one "after" of these out""");
  }

  private TaskList plain(String text) throws IOException, InvalidTasksException {
    return TaskSources.file(Files.writeString(directory.resolve("t.txt"), text), "t.txt", DEFAULTS);
  }

  private TaskList json(String text) throws IOException, InvalidTasksException {
    return TaskSources.file(
        Files.writeString(directory.resolve("t.jsonl"), text), "t.jsonl", DEFAULTS);
  }

  private String jsonProblem(String text) {
    return catchThrowableOfType(InvalidTasksException.class, () -> json(text)).getMessage();
  }

  private String problem(String name, String text, TaskDefaults defaults) {
    return catchThrowableOfType(
            InvalidTasksException.class,
            () ->
                TaskSources.file(Files.writeString(directory.resolve(name), text), name, defaults))
        .getMessage();
  }

  private static String problem(Path file) {
    return catchThrowableOfType(
            InvalidTasksException.class,
            () -> TaskSources.file(file, file.getFileName().toString(), DEFAULTS))
        .getMessage();
  }

  static List<String> commands(TaskList tasks) {
    return tasks.batches().stream()
        .map(batch -> String.join(" ", ((TaskWork.Shell) batch.spec().work()).argv()))
        .toList();
  }
}
