package dev.drover.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskWork;
import java.io.BufferedWriter;
import java.io.IOException;
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
