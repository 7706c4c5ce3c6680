package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t",
        "a | b",
        "a; b",
        "a & b",
        "a && b",
        "a > f",
        "a < f",
        "a $X",
        "a ${X}",
        "a `b`",
        "a $(b)",
        "a 'b'",
        "a \"b\"",
        "a \\b",
        "a *",
        "a ?",
        "a [b]",
        "a {b,c}",
        "~/a",
        "a ~",
        "a # b",
        "#a",
        "! a",
        "(a)",
        "a\nb",
        "a\rb",
        "X=1 a",
        "X=1",
        "X+=1 a",
        "./x=y",
        "ä b",
        "a b\u00a0c",
        "a\u0000b",
        "a ^b",
        "a b!"
      })
  void whatMayMeanMoreToBash_goesToBash(String line) {
    assertThat(CommandLine.words(line)).isEmpty();
  }

  @Test
  void reservedWordsAndBuiltins_goToBash_whateverTheyAreCalled() throws Exception {
    List<String> words = new ArrayList<>(bash("compgen -b; compgen -k").lines().toList());
    assertThat(words).contains("cd", "while", "[[", "ulimit", "time");

    for (String word : words) {
      assertThat(CommandLine.words(word + " x")).as(word).isEmpty();
      assertThat(CommandLine.words(word)).as(word).isEmpty();
    }
  }

  @Test
  void aBuiltinsName_isPlainWhereItIsNoCommand() {
    assertThat(CommandLine.words("env cd if")).isEqualTo(Optional.of(List.of("env", "cd", "if")));
  }

  @Test
  void plainLines_giveAProgramTheWordsThatBashWouldGiveIt() throws Exception {
    Path shows = temp.resolve("shows");
    Files.writeString(shows, "#!/bin/bash\nprintf '<%s>' \"$0\" \"$@\"\n");
    Files.setPosixFilePermissions(shows, PosixFilePermissions.fromString("rwx------"));
    for (String arguments :
        List.of(
            "",
            " a",
            "  a   b\t c \t",
            " -x --long=1 --a=b=c",
            " a=b /path/to/file.txt ../x ./y",
            " 1,2:3@4%5+6",
            " %1 %% + - -- : . .. = == @ ,",
            " a: :b a:b~".replace("~", ""),
            " user@host:/path",
            " 1e-3 0x10 +5",
            " if while cd",
            " X=1 Y=2")) {
      String line = shows + arguments;
      Optional<List<String>> words = CommandLine.words(line);
      assertThat(words).as(line).isPresent();
      assertThat(run(words.get())).as(line).isEqualTo(run(List.of("/bin/bash", "-c", line)));
    }
  }

  @Test
  void blanksAroundTheLine_areNothing() {
    assertThat(CommandLine.words("  a\t ")).isEqualTo(Optional.of(List.of("a")));
  }

  private static String bash(String line) throws Exception {
    return run(List.of("/bin/bash", "-c", line));
  }

  private static String run(List<String> argv) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).isZero();
    return out;
  }
}
