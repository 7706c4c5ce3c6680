package dev.drover.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellQuotingTest {
  static final List<String> NASTY =
      List.of(
          "",
          " ",
          "a b",
          "it's",
          "''",
          "\"",
          "$HOME",
          "`id`",
          "$(id)",
          "a\nb",
          "\n",
          "-n",
          "--flag=x y",
          "*",
          "~",
          "A=b",
          "!x",
          "#x",
          "\\",
          "a\\",
          "if",
          "time",
          "é€",
          "\t",
          "%1",
          "&",
          "; true",
          "{a,b}");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void quoteAll_isReadBackWordForWord(String shell) throws Exception {
    Process process =
        new ProcessBuilder(shell, "-s")
            .redirectErrorStream(true)
            .redirectInput(script("printf '%s\\0' " + ShellQuoting.quoteAll(NASTY)))
            .start();
    String seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(seen.split("\0", -1)).containsExactly(withEnd(NASTY));
  }

  /** In a file: arguments of a process are in the encoding of the locale. */
  private File script(String text) throws IOException {
    return Files.writeString(directory.resolve("script"), text + "\n").toFile();
  }

  private static String[] withEnd(List<String> words) {
    String[] ended = words.toArray(new String[words.size() + 1]);
    ended[words.size()] = "";
    return ended;
  }

  @Test
  void quote_leavesPlainWordsReadable() {
    assertThat(
            ShellQuoting.quoteAll(
                List.of("java", "-Xmx1g", "/opt/a-b_c.jar", "tcp://10.0.0.1:5000")))
        .isEqualTo("java -Xmx1g /opt/a-b_c.jar tcp://10.0.0.1:5000");
  }

  @Test
  void quote_guardsWordsThatMeanMoreInFirstPlace() {
    assertThat(ShellQuoting.quote("A=b")).isEqualTo("'A=b'");
    assertThat(ShellQuoting.quote("time")).isEqualTo("'time'");
  }

  @Test
  void quote_refusesNul() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShellQuoting.quote("a\0b"))
        .withMessageContaining("NUL");
  }

  @Test
  void split_takesALineApartAsAShellDoes_andUndoesQuoting() {
    assertThat(ShellQuoting.split("  -n 4 --cpu-bind='list:1 2' a\\ b \"it's\" '' "))
        .containsExactly("-n", "4", "--cpu-bind=list:1 2", "a b", "it's", "");
    assertThat(ShellQuoting.split("")).isEmpty();
    List<String> odd = List.of("a b", "it's", "$HOME", "", "back\\slash", "\"quoted\"");
    assertThat(ShellQuoting.split(ShellQuoting.quoteAll(odd))).isEqualTo(odd);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ShellQuoting.split("-n 'four"))
        .withMessageContaining("not closed");
  }
}
