package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code drover completion}, as a real bash takes it. */
class CompletionCommandTest {
  @TempDir Path directory;
  private Path script;

  @BeforeEach
  void printScript() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), stream, stream, false, 80);
    assertThat(new Main(Services.ofThisBuild(console), console).run("completion", "bash")).isZero();
    script = Files.write(directory.resolve("drover.bash"), out.toByteArray());
  }

  @Test
  void script_isSoundBash_andCompletesCommandsOptionsSitesAndKeys() throws Exception {
    assertThat(bash("bash -n " + script)).isEmpty();
    assertThat(completed("drover", "si")).containsExactly("sites");
    assertThat(completed("drover", "sites", "ch")).containsExactly("check");
    assertThat(completed("drover", "run", "--si")).containsExactly("--site");
    assertThat(completed("drover", "run", "--site", "loc")).contains("local");
    assertThat(completed("drover", "sites", "show", "loc")).contains("local");
    assertThat(completed("drover", "render", "--set", "provider.wallt"))
        .containsExactly("provider.walltime=");
  }

  /** What stands in {@code COMPREPLY} when the last of the words is to be completed. */
  private List<String> completed(String... words) throws Exception {
    String line = String.join(" ", words);
    String answer =
        bash(
            "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=%d;"
                    .formatted(script, line, words.length - 1, line, line.length())
                + " _complete_drover_words drover '%s' '%s' 2> /dev/null; printf '%%s\\n' \"${COMPREPLY[@]}\""
                    .formatted(
                        words[words.length - 1], words.length > 1 ? words[words.length - 2] : ""));
    return answer.lines().map(String::strip).filter(word -> !word.isEmpty()).toList();
  }

  private String bash(String command) throws Exception {
    Process process = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(answer).isZero();
    return answer;
  }
}
