package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Login shells and start-up files as they are found, at a real OpenSSH. */
@Timeout(60)
class SshShellsTest {
  private static final long PID = ProcessHandle.current().pid() % 100000;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static SshServer server;

  @BeforeAll
  static void start() throws Exception {
    server = SshServer.start("--option", "Banner /etc/passwd");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static SshHeadNode headNode(String user, String init) {
    SshSettings like = server.settings(server.address(user));
    return new SshHeadNode(
        new SshSettings(
            like.address(),
            List.of(),
            like.identityFiles(),
            like.knownHosts(),
            like.keepAlive(),
            like.connectTimeout(),
            init,
            Optional.empty()),
        new ConsolePrompt());
  }

  /** All that a shell could trip over. */
  private static void works(SshHeadNode headNode, Path home) throws Exception {
    List<String> words =
        List.of(
            "a b", "$HOME", "it's", "", "-n", "x\ny", "!!", "hi!there", "`id`", "\\", "%s", "\"");
    List<String> argv =
        new java.util.ArrayList<>(
            List.of("sh", "-c", "printf '%s|' \"$@\"; echo err >&2; exit 7", "sh"));
    argv.addAll(words);
    CommandResult result = headNode.run(Command.of(LONG, argv));
    assertThat(result.stdout()).isEqualTo(String.join("|", words) + "|");
    assertThat(result.stderr()).isEqualTo("err\n");
    assertThat(result.exitCode()).isEqualTo(7);
    Command cat = new Command(List.of("cat"), LONG, Optional.of("größe!\n'quoted' \\ $x\n"));
    assertThat(headNode.run(cat).stdout()).isEqualTo(cat.stdin().get());
    Path file = home.resolve("new/file");
    headNode.write(file, "text", FileMode.PRIVATE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    CommandResult late =
        headNode.run(Command.of(Duration.ofSeconds(5), List.of("sh", "-c", "echo $$; sleep 1000")));
    assertThat(late.timedOut()).isTrue();
    long pid = Long.parseLong(late.stdout().strip());
    await().atMost(LONG).until(() -> ProcessHandle.of(pid).map(p -> !p.isAlive()).orElse(true));
  }

  @Test
  void tcsh_withAStartUpFileThatPrints() throws Exception {
    boolean there = Files.isExecutable(Path.of("/bin/tcsh"));
    SkipAloud.unless(there, "not installed: tcsh (Debian: tcsh), so no C shell was tested");
    Path home = server.user("drvt" + PID, "/bin/tcsh", "");
    Files.writeString(home.resolve(".cshrc"), "echo 'Loading modules!'\nset verbose\n");
    try (SshHeadNode headNode = headNode("drvt" + PID, "")) {
      works(headNode, home);
    }
  }

  @Test
  void bash_withAStartUpFileThatPrintsToBothStreams_andAnInitThatPrints() throws Exception {
    Path home = server.user("drvb" + PID, "/bin/bash", "");
    Files.writeString(
        home.resolve(".bashrc"),
        "echo 'Due to MODULEPATH changes, the following have been reloaded'\n"
            + "echo 'stty: standard input: Inappropriate ioctl' >&2\nprintf 'no newline'\nset -x\n");
    try (SshHeadNode headNode =
        headNode("drvb" + PID, "echo from init\nexport FROM_INIT='set here'")) {
      works(headNode, home);
      assertThat(headNode.run(Command.of(LONG, List.of("printenv", "FROM_INIT"))).stdout())
          .isEqualTo("set here\n");
    }
  }

  @Test
  void startUpFileThatExits_isAnError_thatShowsWhatItPrinted() throws Exception {
    Path home = server.user("drve" + PID, "/bin/bash", "");
    Files.writeString(home.resolve(".bashrc"), "echo 'Your account has expired.'\nexit 4\n");
    try (SshHeadNode headNode = headNode("drve" + PID, "")) {
      assertThatIOException()
          .isThrownBy(() -> headNode.run(Command.of(LONG, List.of("true"))))
          .withMessageContaining("the login shell on drve" + PID + "@127.0.0.1")
          .withMessageContaining("exit 4")
          .withMessageContaining("printed: Your account has expired.")
          .withMessageContaining(".bashrc");
    }
  }

  @Test
  void initThatIsNoShell_isAnError_andTheCommandDoesNotRun() throws Exception {
    Path home = server.user("drvi" + PID, "/bin/sh", "");
    try (SshHeadNode headNode = headNode("drvi" + PID, "if then (")) {
      Path mark = home.resolve("ran");
      assertThatIOException()
          .isThrownBy(() -> headNode.run(Command.of(LONG, List.of("touch", mark.toString()))))
          .withMessageContaining("yntax error")
          .withMessageContaining("headnode.init");
      assertThat(mark).doesNotExist();
    }
  }
}
