package dev.drover.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.StopException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What is in the run directories is by hand; what is made of them, RunFolderTest of executor knows.
 */
class RunsCommandTest {
  private static final String RUN =
      "{\"t\":\"run\",\"v\":\"1.2\",\"time\":\"2026-11-2%dT12:00:00Z\"}\n";
  private static final String TASKS =
      "{\"t\":\"accepted\",\"id\":1,\"n\":2000,\"i\":0,\"line\":\"true\"}\n";
  private static final String DONE =
      "{\"t\":\"done\",\"id\":1,\"try\":1,\"end\":\"SUCCEEDED\",\"t1\":9}\n";

  @TempDir Path root;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private void runs(Path folder, String... args) throws Exception {
    RunsCommand command =
        new RunsCommand(
            new Console(
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                80),
            folder);
    new CommandLine(command).parseArgs(args);
    assertThat(command.call()).isZero();
  }

  private Path run(String name, int day, String... more) throws IOException {
    Path run = Files.createDirectories(root.resolve(name));
    Files.writeString(
        run.resolve("journal.jsonl"), RUN.formatted(day) + TASKS + DONE + String.join("", more));
    return run;
  }

  @Test
  void aLineForEachRun_theLastOneFirst() throws Exception {
    run(
        "a-done",
        1,
        "{\"t\":\"ended\",\"time\":\"2026-11-26T12:00:00Z\",\"how\":\"ALL_SUCCEEDED\"}\n");
    run(
        "b-abandoned",
        2,
        "{\"t\":\"ended\",\"time\":\"2026-11-26T12:00:00Z\",\"how\":\"INTERRUPTED\",\"abandoned\":true,"
            + "\"msg\":\"nobody came\"}\n");
    Files.writeString(
        run("c-killed", 3).resolve("site.properties"), "headnode.url = ssh://ada@login\n");
    Files.writeString(run("d-elsewhere", 4).resolve("lock"), "{\"host\":\"login03\",\"pid\":77}\n");

    runs(root);

    assertThat(text(out).replaceAll("(\\d+m\\d\\ds|\\d+\\.\\d s) *", "0.0 s    ").lines())
        .anySatisfy(line -> assertThat(line).startsWith("RUN          STATE                "))
        .element(1)
        .asString()
        .startsWith(
            "d-elsewhere  on login03 (pid 77)  2,000  1      0       -     0.0 s    whether it");
    assertThat(text(out).lines().map(line -> line.split(" ")[0]))
        .containsExactly("RUN", "d-elsewhere", "c-killed", "b-abandoned", "a-done");
    assertThat(text(out))
        .containsPattern("c-killed +interrupted .* it may go on at ssh://ada@login: drover explain")
        .containsPattern("b-abandoned +abandoned +2,000 +1 +0 +- .* nobody came\n")
        .containsPattern("a-done +done +2,000 ");
    out.reset();
    runs(root, "--json");
    assertThat(text(out))
        .startsWith("{\"drover_json\":1,\"command\":\"runs\",\"host\":\"")
        .contains(
            "\"name\":\"d-elsewhere\"",
            "\"state\":\"elsewhere\",\"host\":\"login03\",\"pid\":77",
            "\"state\":\"ended\",\"how\":\"abandoned\",\"reason\":\"nobody came\"",
            "\"accepted\":2000,\"ended\":1,\"failed\":0")
        .endsWith("}\n");
  }

  @Test
  void noRuns_areNoError_butASiteWithoutAHeadNodeIs() throws Exception {
    runs(root);
    assertThat(text(err)).isEqualTo("drover: no runs in " + root + "\n");
    runs(root.resolve("none"));
    assertThat(text(err)).contains("there is no folder " + root.resolve("none"));
    assertThat(text(out)).isEmpty();
    assertThatThrownBy(() -> runs(root, "--site", "local"))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("it has no head node")
        .hasMessageContaining("fix: drover runs in that directory");
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
