package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code drover templates}. */
class TemplatesCommandTest {
  private static final Path FOLDER = Path.of("../templates");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void list_namesEveryShippedTemplate_andWhereItLies() throws IOException {
    assertThat(templates("list")).isZero();
    try (Stream<Path> files = Files.list(FOLDER)) {
      String[] shipped =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".ftl"))
              .sorted()
              .toArray(String[]::new);
      assertThat(text(out).lines().map(line -> line.replaceFirst(".*/", "")))
          .containsExactly(shipped);
    }
    assertThat(text(out)).containsPattern("(?m)^local +script  /.*/templates/local\\.sh\\.ftl$");
    assertThat(text(out)).containsPattern("(?m)^block-body +part    /");
    assertThat(templates("list", "--json")).isZero();
    assertThat(text(out))
        .startsWith("{\"drover_json\":1,\"command\":\"templates list\",\"templates\":[{\"name\":\"")
        .contains("{\"name\":\"local\",\"kind\":\"script\",\"place\":\"/");
  }

  @Test
  void show_printsTheFile_byAnyOfItsNames() throws IOException {
    for (String name : new String[] {"local", "local.sh.ftl"}) {
      assertThat(templates("show", name)).isZero();
      assertThat(text(out)).isEqualTo(Files.readString(FOLDER.resolve("local.sh.ftl")));
    }
    assertThat(templates("show", "block-body")).isZero();
    assertThat(text(out)).isEqualTo(Files.readString(FOLDER.resolve("block-body.ftl")));
    assertThat(templates("show", "locl")).isEqualTo(2);
    assertThat(text(err))
        .isEqualTo("drover: no template 'locl' is shipped; did you mean 'local'?\n");
  }

  @Test
  void diff_ofACopy_isNothing_andOfAChange_isWhatDiffSays() throws Exception {
    templates("show", "local");
    String shipped = text(out);
    Path own = Files.writeString(directory.resolve("own.ftl"), shipped);
    assertThat(templates("diff", "--template", own.toString())).isZero();
    assertThat(text(out)).isEmpty();
    for (String changed :
        new String[] {
          shipped.replace("#!/bin/bash\n", "#!/bin/bash -l\n# ours\n"),
          shipped + "\n# at the end, without a line's end",
          shipped.stripTrailing(),
        }) {
      Files.writeString(own, changed);
      Path site =
          Files.writeString(
              directory.resolve("own.properties"),
              "site.extends = local\ntemplate.file = " + own + "\n");
      assertThat(templates("diff", "--site", site.toString())).isEqualTo(1);
      assertThat(text(out)).isEqualTo(diff(own));
    }
  }

  /** The same by the system's diff. */
  private static String diff(Path own) throws Exception {
    Process diff =
        new ProcessBuilder(
                "diff",
                "-u",
                "--label",
                "templates/local.sh.ftl",
                "--label",
                own.toString(),
                FOLDER.resolve("local.sh.ftl").toString(),
                own.toString())
            .start();
    String text = new String(diff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(diff.waitFor()).isEqualTo(1);
    return text;
  }

  @Test
  void diff_ofASiteWithoutATemplate_saysSo() {
    assertThat(templates("diff")).isZero();
    assertThat(text(err))
        .isEqualTo(
            "drover: note: site 'local' has no template of its own: it uses templates/local.sh.ftl\n");
    assertThat(templates("diff", "--template", "no.ftl")).isEqualTo(2);
    assertThat(text(err)).contains("no.ftl cannot be read", "fix: check the path");
  }

  @Test
  void wrongWords_exit2_andEverySubcommandHasHelp() {
    assertThat(templates()).isEqualTo(2);
    assertThat(text(err)).startsWith("drover templates: Missing required subcommand\n");
    assertThat(templates("dif")).isEqualTo(2);
    assertThat(text(err))
        .startsWith("drover templates: no command 'dif'; did you mean 'diff'?\n")
        .contains("drover templates --help tells");
    assertThat(templates("show")).isEqualTo(2);
    for (String command : new String[] {"list", "show", "diff"}) {
      assertThat(templates(command, "--help")).isZero();
      assertThat(text(out)).startsWith("Usage: drover templates " + command);
    }
  }

  private int templates(String... words) {
    String[] all =
        Stream.concat(Stream.of("templates"), Arrays.stream(words)).toArray(String[]::new);
    out.reset();
    err.reset();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            80);
    return new Main(new Services(Optional.empty(), Optional.empty()), console).run(all);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
