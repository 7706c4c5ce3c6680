package dev.drover.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import dev.drover.provider.BatchProvider;
import dev.drover.provider.Providers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code drover render --test} on a scheduler that answers in each of the ways there are. */
class RenderOnASchedulerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void schedulerThatWouldTakeIt_exits0_withItsWords_andNothingStays() throws IOException {
    assertThat(test("bash -n \"$1\" && echo \"to start at noon: ${1##*/}\" >&2")).isZero();
    assertThat(text(out)).isEqualTo("to start at noon: submit.sh\n");
    assertThat(text(err)).isEmpty();
    assertThat(files(directory)).isEmpty();
  }

  @Test
  void schedulerOfFewWords_isSpokenFor() throws IOException {
    assertThat(test("true")).isZero();
    assertThat(text(out)).isEqualTo("local would take the job\n");
    assertThat(test("true", "--json")).isZero();
    assertThat(text(out))
        .isEqualTo(
            "{\"drover_json\":1,\"command\":\"render\",\"site\":\"local\",\"provider\":\"local\","
                + "\"answer\":\"takes\",\"words\":\"local would take the job\",\"notes\":[]}\n");
  }

  @Test
  void jobThatWasHeldToAsk_isCancelled() throws IOException {
    assertThat(test("echo 12")).isZero();
    assertThat(Files.readString(directory.resolve("cancelled"))).isEqualTo("12\n");
  }

  @Test
  void refusal_exits3_withTheSchedulersWords_andKeepsTheScript() throws IOException {
    assertThat(test("echo 'invalid partition: debugg' >&2; exit 1")).isEqualTo(3);
    assertThat(text(out)).isEmpty();
    assertThat(text(err))
        .startsWith("drover: Toy refused block drover.htex..test-")
        .contains("(bash, exit 1): invalid partition: debugg\n")
        .contains("\n  fix:     ask for less\n");
    List<Path> kept = files(directory.resolve("runs"));
    assertThat(kept).hasSize(1);
    Path script = kept.get(0).resolve("blocks/b-0001/submit.sh");
    assertThat(text(err)).contains("(script kept: " + script + ")");
    assertThat(script).content().contains("cd " + script.getParent() + " ");
    assertThat(directory.resolve("runs/r")).doesNotExist();
  }

  @Test
  void outage_exits3_andAJobThatMayHaveBeenTaken_isCancelled() throws IOException {
    assertThat(test("echo 'Connection refused' >&2; exit 75", "--json")).isEqualTo(3);
    assertThat(text(out))
        .contains("\"answer\":\"unanswered\",\"words\":\"Toy refused block ")
        .contains("Connection refused", "job 77, held to ask, was cancelled\"");
    assertThat(Files.readString(directory.resolve("cancelled"))).isEqualTo("77\n");
  }

  @Test
  void schedulerThatHangs_isNotWaitedForLonger() throws IOException {
    assertThat(test("sleep 60")).isEqualTo(3);
    assertThat(text(err)).contains("Toy gave no answer about block", "killed after 1 s");
  }

  private int test(String line, String... options) {
    SchedulerQuestion.Schedulers toy =
        (settings, headNode) ->
            new BatchProvider(
                headNode,
                new AskedDialect(line, timeout(line), directory.resolve("cancelled")),
                Providers.scripts(settings));
    out.reset();
    err.reset();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            80);
    String[] words =
        Stream.concat(
                Stream.of("--test", "--run-dir", directory.resolve("runs/r").toString()),
                Stream.of(options))
            .toArray(String[]::new);
    return new CommandLine(new RenderCommand(console, directory, toy)).execute(words);
  }

  private static Duration timeout(String line) {
    return Duration.ofSeconds(line.startsWith("sleep") ? 1 : 30);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
