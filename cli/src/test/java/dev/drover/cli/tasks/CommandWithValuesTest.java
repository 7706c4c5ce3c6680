package dev.drover.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The expected commands are what GNU parallel 20221122 prints with --dry-run. */
class CommandWithValuesTest {
  private static final TaskDefaults DEFAULTS =
      new TaskDefaults(TaskOptions.DEFAULT, Duration.ZERO, report -> {});

  @TempDir Path directory;

  @Test
  void lists_giveAllCombinations_theLastTurningFastest_andAreQuoted() throws Exception {
    assertThat(run("echo", "{1}", "{2}", ":::", "a", "b c", ":::", "1", "2"))
        .containsExactly("echo a 1", "echo a 2", "echo 'b c' 1", "echo 'b c' 2");
  }

  @Test
  void commandsOwnWords_areNotQuoted_andValuesAre() throws Exception {
    assertThat(run("echo {} | wc", ":::", "a+b", "a,b=c:d@e%f", "$x", "it's", "", "é"))
        .containsExactly(
            "echo a+b | wc",
            "echo 'a,b=c:d@e%f' | wc",
            "echo '$x' | wc",
            "echo 'it'\"'\"'s' | wc",
            "echo '' | wc",
            "echo 'é' | wc");
  }

  @Test
  void pathForms_followGnuParallel() throws Exception {
    assertThat(run("ls {.} {/} {//} {/.} {#}", ":::", "/a/b/c.tar.gz", "", "foo.txt", "/x/"))
        .containsExactly(
            "ls /a/b/c.tar c.tar.gz /a/b c.tar 1",
            "ls '' '' . '' 2",
            "ls foo foo.txt . foo 3",
            "ls /x/ '' / '' 4");
    assertThat(run("echo {2} {1.} {2/} {1/.} {1//}", ":::", "a/b.c", ":::", "d/e"))
        .containsExactly("echo d/e a/b e b a");
  }

  @Test
  void noPlaceholder_appendsAllValues_andNumberAloneIsOne() throws Exception {
    assertThat(run("echo", ":::", "a", ":::", "c d")).containsExactly("echo a 'c d'");
    assertThat(run("awk {print}", ":::", "a")).containsExactly("awk {print} a");
    assertThat(run("echo {#}", ":::", "a", "b")).containsExactly("echo 1", "echo 2");
  }

  @Test
  void emptyCommand_runsTheValuesThemselves() throws Exception {
    assertThat(run(":::", "echo a | wc", "true")).containsExactly("echo a | wc", "true");
  }

  @Test
  void linkedLists_walkTogether() throws Exception {
    assertThat(run("echo", ":::", "a", "b", ":::+", "1", "2", ":::", "X", "Y"))
        .containsExactly("echo a 1 X", "echo a 1 Y", "echo b 2 X", "echo b 2 Y");
  }

  @Test
  void filesAndStdin_giveTheirLines() throws Exception {
    Path file = Files.writeString(directory.resolve("values"), "a\r\n\nb\n");
    assertThat(run("echo {}", "::::", file.toString(), ":::", "x"))
        .containsExactly("echo a x", "echo '' x", "echo b x");
    InputStream stdin = new ByteArrayInputStream("1\n2".getBytes(StandardCharsets.UTF_8));
    assertThat(commands(List.of("echo", "::::", "-"), stdin)).containsExactly("echo 1", "echo 2");
  }

  @Test
  void noValues_isOneTask() throws Exception {
    assertThat(run("echo", "a b")).containsExactly("echo a b");
  }

  @Test
  void whatCannotBeFilledIn_isRefused() {
    assertThat(problem("echo {%} {3}", ":::", "a"))
        .isEqualTo(
            """
            command: {%} stands for a job slot, and which slot a task gets is known only when it starts; use $PARSL_WORKER_RANK in the command: the task's worker on its node, from 0
            command: {3} has no values; there is 1 list of values, counted from {1}""");
    assertThat(problem("echo", ":::", "a", "b", ":::+", "1"))
        .isEqualTo(":::+: links 1 values to 2; give both lists the same number of values");
    assertThat(problem("echo", ":::+", "1"))
        .isEqualTo(":::+: no list before it to link with; start with :::");
    assertThat(problem("echo", "::::"))
        .isEqualTo("::::: no file; name one after it, or - for standard input");
    assertThat(problem("echo", ":::"))
        .isEqualTo(":::: no value after it; give at least one, or leave it out");
    assertThat(problem()).isEqualTo("--: no command after it; write drover run -- COMMAND");
  }

  @Test
  void array_ofAMillionTasks_isOneBatch() throws Exception {
    TaskList tasks = TaskSources.array("0-999999", List.of("sim", "$DROVER_TASK_INDEX"), DEFAULTS);
    assertThat(tasks.batches()).hasSize(1);
    assertThat(tasks.count()).isEqualTo(1_000_000);
    assertThat(TaskFileTest.commands(tasks)).containsExactly("sim $DROVER_TASK_INDEX");
  }

  @Test
  void array_keepsEachContiguousRangeAsOneBatch() throws Exception {
    assertThat(ranges("1,3,5-9")).containsExactly("1+1", "3+1", "5+5");
    assertThat(ranges("0-10:5")).containsExactly("0+1", "5+1", "10+1");
  }

  @Test
  void array_withBadRanges_tellsAll() {
    InvalidTasksException problem =
        catchThrowableOfType(InvalidTasksException.class, () -> ranges("a,9-5,0-4:0,,1"));
    assertThat(problem)
        .hasMessage(
            """
            --array: 'a' is no range of indices; write 0-99, 0-99:10 or 1,3,5-9
            --array: '9-5' holds no index; the smaller end comes first
            --array: '0-4:0' holds no index; a step is 1 or more
            --array: '' is no range of indices; write 0-99, 0-99:10 or 1,3,5-9""");
  }

  private static List<String> ranges(String text) throws InvalidTasksException {
    return TaskSources.array(text, List.of("x"), DEFAULTS).batches().stream()
        .map((TaskBatch batch) -> batch.firstIndex() + "+" + batch.count())
        .toList();
  }

  private static List<String> run(String... words) throws IOException, InvalidTasksException {
    return commands(List.of(words), InputStream.nullInputStream());
  }

  private static List<String> commands(List<String> words, InputStream stdin)
      throws IOException, InvalidTasksException {
    return TaskFileTest.commands(TaskSources.command(words, stdin, DEFAULTS));
  }

  private static String problem(String... words) {
    return catchThrowableOfType(InvalidTasksException.class, () -> run(words)).getMessage();
  }
}
