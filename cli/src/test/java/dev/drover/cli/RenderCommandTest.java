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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code drover render}: texts and exit codes; {@code RenderRealTest} compares it with runs. */
class RenderCommandTest {
  private static final String PACKED =
      "drover: note: a run of more than 1,000 tasks has --output=packed in place of --output=files\n";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void script_isOnStdout_andWhatOnlyARunDecides_inNotes() {
    assertThat(render()).isZero();
    assertThat(text(out))
        .startsWith("#!/bin/bash\n# Drover block drover.htex.")
        .containsPattern("cd \\S+/drover-runs/\\d{8}-\\d{6}-run/blocks/b-0001 ")
        .contains("'--port=54000'")
        .endsWith("exit \"$drover_code\"\n");
    assertThat(text(err))
        .isEqualTo(
            """
            drover: note: the run directory is named after the time when the run starts; here it is now's (--run-dir settles it)
            drover: note: the port is chosen when the run starts, a free one of 54000-55000; 54000 stands for it (--set executor.port=N settles it)
            """
                + PACKED);
    assertThat(Path.of("drover-runs")).doesNotExist();
  }

  @Test
  void settledPortAndDirectory_leaveNoNoteOfThem() {
    Path run = directory.resolve("r");
    assertThat(render("--run-dir", run.toString(), "--set", "executor.port=54321", "--block", "12"))
        .isZero();
    assertThat(text(out))
        .contains("'--port=54321'", "'--keys=" + run + "/keys'", "cd " + run + "/blocks/b-0012 ")
        .containsPattern("JOBNAME=drover\\.htex\\.r-\\d{6}\\.b-0012\n");
    assertThat(text(err)).isEqualTo(PACKED);
    assertThat(run).doesNotExist();
  }

  @Test
  void siteFile_andSettings_makeTheScript() throws IOException {
    Path site =
        Files.writeString(
            directory.resolve("mine.properties"),
            "site.extends = local\nprovider.worker-init = module load java\\nulimit -c 0\n"
                + "provider.job-name-prefix = ours\nexecutor.port-range = 40000-40010\n");
    assertThat(render("--site", site.toString(), "--name", "a b", "--set", "provider.walltime=1h"))
        .isZero();
    assertThat(text(out))
        .contains("\nmodule load java\nulimit -c 0\n", "date +%s) + 3600", "'--port=40000'")
        .containsPattern("JOBNAME=ours\\.htex\\.\\d{8}-\\d{6}-a-b-\\d{6}\\.b-0001\n");
    assertThat(text(err)).contains("a free one of 40000-40010; 40000 stands for it");
  }

  @Test
  void ownTemplate_isUsed_andItsMistakesAreTold() throws IOException {
    Path template =
        Files.writeString(directory.resolve("t.sh.ftl"), "#!/bin/sh\n# ${jobName}, our own\n");
    assertThat(render("--template", template.toString(), "--run-dir", "r")).isZero();
    assertThat(text(out)).matches("#!/bin/sh\n# drover.htex.r-\\d{6}.b-0001, our own\n");
    Files.writeString(template, "#!/bin/sh\n#${queue}\n");
    assertThat(render("--template", template.toString())).isEqualTo(2);
    assertThat(text(err)).contains(template.toString(), "failed on job", "fix: guard what may be");
    assertThat(text(out)).isEmpty();
    assertThat(render("--template", "no.ftl")).isEqualTo(2);
    assertThat(text(err))
        .startsWith("drover: site 'local': template " + Path.of("no.ftl").toAbsolutePath())
        .contains("cannot be read");
  }

  @Test
  void wrongUse_exits2_andSaysTheMend() {
    assertThat(render("--block", "0")).isEqualTo(2);
    assertThat(text(err)).isEqualTo("drover: --block 0: blocks are counted from 1\n");
    assertThat(render("--set", "provider.queeu=x")).isEqualTo(2);
    assertThat(text(err))
        .isEqualTo(
            """
            drover: site 'local' has 1 problem:
              --set: provider.queeu: unknown key; did you mean 'provider.queue'?
            """);
    assertThat(render("--set", "provider.nodes-per-block=0", "--set", "launcher.type=simple"))
        .isEqualTo(2);
    assertThat(text(err))
        .startsWith("drover: site 'local': provider.nodes-per-block = 0 means all");
    assertThat(render("--set", "directives.skip=--mem")).isEqualTo(2);
    assertThat(text(err)).startsWith("drover: site 'local': ").contains("has no directives");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void json_holdsTheScriptAndTheNotes() {
    assertThat(render("--json", "--run-dir", directory.resolve("r").toString())).isZero();
    assertThat(text(out).replaceFirst("r-\\d{6}\\.b-0001", "r-PLACE.b-0001"))
        .startsWith(
            "{\"drover_json\":1,\"command\":\"render\",\"site\":\"local\",\"provider\":\"local\","
                + "\"job_name\":\"drover.htex.r-PLACE.b-0001\",\"path\":\""
                + directory
                + "/r/blocks/b-0001/submit.sh\",\"script\":\"#!/bin/bash\\n")
        .contains("\"notes\":[\"the port is chosen", "\"a run of more than 1,000 tasks ")
        .endsWith("\"]}\n");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void schedulerThatCannotBeAsked_saysSo_exits3_andLeavesNothing() throws IOException {
    Path run = directory.resolve("runs/r");
    assertThat(render("--test", "--run-dir", run.toString())).isEqualTo(3);
    assertThat(text(err))
        .startsWith("drover: provider local cannot be asked whether it would take a job\n  fix: ");
    assertThat(text(out)).isEmpty();
    assertThat(render("--test", "--json", "--run-dir", run.toString())).isEqualTo(3);
    assertThat(text(out))
        .startsWith(
            "{\"drover_json\":1,\"command\":\"render\",\"site\":\"local\",\"provider\":\"local\","
                + "\"answer\":\"cannot-be-asked\",\"words\":\"provider local cannot");
    assertThat(files(directory)).isEmpty();
  }

  @Test
  void testWithoutAPlaceForItsScript_exits3() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(render("--test", "--run-dir", file.resolve("r").toString())).isEqualTo(3);
    assertThat(text(err))
        .startsWith("drover: no directory for the test can be made in " + file)
        .contains("fix: name another place by --run-dir");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private int render(String... options) {
    String[] words = Stream.concat(Stream.of("render"), Stream.of(options)).toArray(String[]::new);
    out.reset();
    err.reset();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            80);
    return new Main(new Services(Optional.empty(), Optional.empty()), console).run(words);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
