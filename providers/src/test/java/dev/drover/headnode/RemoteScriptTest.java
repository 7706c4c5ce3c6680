package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script, run by this machine's own shells as a login shell would start it. */
@Timeout(60)
class RemoteScriptTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  /** Starts it with so many of its bytes; the line stays open until the process is told to end. */
  private Process start(String shell, RemoteScript script, int bytes) throws IOException {
    Process process =
        new ProcessBuilder(shell, "-c", script.line().replace("/bin/sh", shell))
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(new File("/dev/null"))
            .start();
    process.getOutputStream().write(Arrays.copyOf(script.script(), bytes));
    process.getOutputStream().flush();
    return process;
  }

  @Test
  void scriptThatIsCutOff_doesNothing_whereverItIsCut() throws Exception {
    Path mark = folder.resolve("ran");
    RemoteScript script =
        RemoteScript.of(Command.of(LONG, List.of("touch", mark.toString())), "echo init");
    int length = script.script().length;
    for (int bytes = length - 1; bytes > 0; bytes -= bytes > length - 12 ? 1 : length / 12) {
      Process process = start("/bin/sh", script, bytes);
      process.getOutputStream().close();
      process.waitFor();
      assertThat(mark).as("%d of %d bytes", bytes, length).doesNotExist();
      assertThat(folder.resolve("out")).isEmptyFile();
    }
    Process whole = start("/bin/sh", script, length);
    whole.waitFor();
    assertThat(mark).exists();
  }

  @Test
  void commandWhoseLineHangs_isKilledByTheOtherSideItself_inEitherShell() throws Exception {
    for (String shell : List.of("/bin/sh", "/bin/bash")) {
      RemoteScript script =
          RemoteScript.of(
              Command.of(Duration.ofSeconds(1), List.of("sleep", "1000")), "", Duration.ZERO);
      Process process = start(shell, script, script.script().length);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(shell).isTrue();
      assertThat(folder.resolve("out"))
          .hasContent(script.marker() + "<" + script.marker() + ">137\n");
    }
  }

  /**
   * The line may break while a start-up file still runs; the command has no group of its own yet.
   */
  @Test
  void commandWhoseLineEndedBeforeItBegan_isKilled_inEitherShell() throws Exception {
    for (String shell : List.of("/bin/sh", "/bin/bash")) {
      for (int round = 1; round <= 12; round++) {
        RemoteScript script =
            RemoteScript.of(Command.of(LONG, List.of("sleep", "1000")), "", Duration.ZERO);
        Process process = start(shell, script, script.script().length);
        process.getOutputStream().close();
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).as("%s, round %d", shell, round).isTrue();
        assertThat(folder.resolve("out"))
            .hasContent(script.marker() + "<" + script.marker() + ">137\n");
      }
    }
  }

  @Test
  void script_passesShellCheck() throws Exception {
    boolean there = SshServer.run(List.of("which", "shellcheck")).succeeded();
    SkipAloud.unless(there, "shellcheck is not installed, so the script was not checked");
    Command command = new Command(List.of("cat", "a b"), LONG, Optional.of("it's text"));
    byte[] script = RemoteScript.of(command, "export A=b").script();
    Command check =
        new Command(
            List.of("shellcheck", "--shell=sh", "-"),
            LONG,
            Optional.of(new String(script, StandardCharsets.UTF_8) + "\n"));
    CommandResult result = new LocalHeadNode().run(check);
    assertThat(result.exitCode()).as(result.stdout()).isZero();
  }

  @Test
  void nul_isRefused_sinceNoShellCanCarryIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RemoteScript.of(Command.of(LONG, List.of("echo", "a\0b")), ""))
        .withMessageContaining("NUL");
  }
}
