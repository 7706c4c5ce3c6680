package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between here and a head node, at a real OpenSSH. */
@Timeout(120)
class SshFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static SshServer server;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = SshServer.start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static SshHeadNode headNode(SshSettings settings) {
    return new SshHeadNode(settings, new ConsolePrompt());
  }

  private static SshSettings with(SshSettings like, Duration keepAlive, Duration connectTimeout) {
    return new SshSettings(
        like.address(),
        like.jumps(),
        like.identityFiles(),
        like.knownHosts(),
        keepAlive,
        connectTimeout,
        "",
        Optional.empty());
  }

  private static CommandResult sh(HeadNode headNode, String script, Object... arguments)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    Stream.of(arguments).map(Object::toString).forEach(argv::add);
    return headNode.run(Command.of(LONG, argv));
  }

  /** A command that has told its pid, and does not end by itself. */
  private CompletableFuture<CommandResult> started(HeadNode headNode) {
    CompletableFuture<CommandResult> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return sh(headNode, "echo $$ >\"$1\"; sleep 1000; :", folder.resolve("pid"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    await()
        .atMost(LONG)
        .until(
            () ->
                Files.exists(folder.resolve("pid")) && Files.size(folder.resolve("pid")) > 0
                    || running.isDone());
    return running;
  }

  private void awaitGone() throws IOException {
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    await()
        .atMost(LONG)
        .until(() -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
  }

  private static String failure(CompletableFuture<?> running) throws Exception {
    try {
      running.get();
    } catch (ExecutionException e) {
      return e.getCause().getCause().getMessage();
    }
    return "no failure";
  }

  @Test
  void connectionCutInMidCommand_saysThatItMayHaveRun_andLeavesNothing_andTheNextCallConnects()
      throws Exception {
    try (SshHeadNode headNode = headNode(server.settings())) {
      var running = started(headNode);
      server.ctl("cut");
      assertThat(failure(running))
          .contains("the connection to root@127.0.0.1:" + server.port() + " was lost")
          .contains("unknown: sh -c ");
      awaitGone();
      assertThat(sh(headNode, "echo again").stdout()).isEqualTo("again\n");
    }
  }

  @Test
  void serverThatIsStartedAgain_isReachedAgain_withinTheCallThatWaitsForIt() throws Exception {
    try (SshServer own = SshServer.start();
        SshHeadNode headNode = headNode(own.settings())) {
      var running = started(headNode);
      own.ctl("stop");
      assertThat(failure(running)).contains("was lost while this ran");
      awaitGone();
      CompletableFuture<String> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return sh(headNode, "echo back").stdout();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      own.ctl("start");
      assertThat(waiting.get()).isEqualTo("back\n");
    }
  }

  @Test
  void serverThatStaysAway_isAnErrorInTheEnd_withTheMend() throws Exception {
    try (SshServer own = SshServer.start();
        SshHeadNode headNode =
            headNode(with(own.settings(), Duration.ZERO, Duration.ofSeconds(5)))) {
      assertThat(sh(headNode, "echo here").stdout()).isEqualTo("here\n");
      own.ctl("stop");
      assertThatIOException()
          .isThrownBy(() -> sh(headNode, "true"))
          .withMessageContaining("cannot connect to root@127.0.0.1:" + own.port())
          .withMessageContaining("Connection refused")
          .withMessageContaining("check that an SSH server listens on port " + own.port());
    }
  }

  @Test
  void hostThatDoesNotAnswer_isGivenUp_afterTheConnectTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      SshAddress address =
          new SshAddress(Optional.of("u"), "127.0.0.1", OptionalInt.of(silent.getLocalPort()));
      SshSettings settings = server.settings(address);
      try (SshHeadNode headNode = headNode(with(settings, Duration.ZERO, Duration.ofMillis(500)))) {
        assertThatIOException()
            .isThrownBy(() -> sh(headNode, "true"))
            .withMessageContaining("cannot connect to u@127.0.0.1:" + silent.getLocalPort())
            .withMessageContaining("no answer in 0.5 s")
            .withMessageContaining("headnode.connect-timeout");
      }
    }
  }

  @Test
  void nameThatIsNone_isSaid() {
    SshSettings settings = server.settings(SshAddress.parse("ssh://u@no-such-host.invalid"));
    try (SshHeadNode headNode = headNode(settings)) {
      assertThatIOException()
          .isThrownBy(() -> sh(headNode, "true"))
          .withMessageContaining("cannot connect to u@no-such-host.invalid:22")
          .withMessageContaining("there is no host of that name");
    }
  }

  @Test
  void serverThatHangs_isNoticedBySignsOfLife_andItsCommandDiesWhenItGoesOn() throws Exception {
    try (SshServer own = SshServer.start();
        SshHeadNode headNode =
            headNode(with(own.settings(), Duration.ofSeconds(1), Duration.ofSeconds(5)))) {
      var running = started(headNode);
      own.ctl("freeze");
      assertThat(failure(running)).contains("was lost while this ran");
      own.ctl("thaw");
      awaitGone();
    }
  }

  @Test
  void connectionCutDuringAWrite_leavesTheOldFile_andTheWriteIsDoneAnew() throws Exception {
    String large = "x".repeat(100 << 20);
    Path file = Files.writeString(folder.resolve("file"), "old");
    try (SshHeadNode headNode = headNode(server.settings())) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  headNode.write(file, large, FileMode.PRIVATE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      // Looked at between two looks at what is being written: the write had not ended by then.
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> staged() > 0 && Files.size(file) == "old".length() && staged() > 0);
      server.ctl("cut");
      writing.get();
      assertThat(file).hasSize(large.length());
      assertThat(names()).containsExactly("file");
    }
  }

  @Test
  void serverThatIsGoneDuringAWrite_leavesTheOldFile() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path large = folder.resolve("large");
    // More than goes over before the server is gone, and a hole, which takes no room here.
    try (RandomAccessFile hole = new RandomAccessFile(large.toFile(), "rw")) {
      hole.setLength(16L << 30);
    }
    try (SshServer own = SshServer.start();
        SshHeadNode headNode =
            headNode(with(own.settings(), Duration.ZERO, Duration.ofSeconds(5)))) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  headNode.send(large, file, FileMode.PRIVATE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      await().atMost(LONG).pollInterval(Duration.ofMillis(2)).until(() -> staged() > 0);
      own.ctl("stop");
      assertThat(failure(writing)).contains("cannot connect to root@127.0.0.1:" + own.port());
      assertThat(file).hasContent("old");
    }
  }

  /** The bytes of files that are being written. */
  private long staged() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> f.getParent().getFileName().toString().startsWith(".drover-"))
          .mapToLong(f -> f.toFile().length())
          .sum();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void fullDisk_isSaid_andLeavesNothing() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    CommandResult mounted =
        SshServer.run(List.of("mount", "-t", "tmpfs", "-o", "size=128k", "none", disk.toString()));
    assertThat(mounted.exitCode()).as(mounted.stderr()).isZero();
    try (SshHeadNode headNode = headNode(server.settings())) {
      headNode.write(disk.resolve("file"), "old", FileMode.PRIVATE);
      assertThatIOException()
          .isThrownBy(
              () -> headNode.write(disk.resolve("file"), "x".repeat(1 << 20), FileMode.PRIVATE))
          .withMessageContaining("cannot write " + disk.resolve("file"))
          .withMessageContaining("no room: ")
          .withMessageContaining("1048576 bytes are needed")
          .withMessageContaining("df, quota");
      assertThat(headNode.read(disk.resolve("file"))).contains("old");
      try (Stream<Path> files = Files.list(disk)) {
        assertThat(files).containsExactly(disk.resolve("file"));
      }
    } finally {
      // The server may still have a file open there.
      SshServer.run(List.of("umount", "--lazy", disk.toString()));
    }
  }

  @Test
  void serverOfOneSession_servesManyThreads_oneAfterTheOther() throws Exception {
    try (SshServer narrow = SshServer.start("--option", "MaxSessions 1");
        SshHeadNode headNode = headNode(narrow.settings())) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Path file = folder.resolve("f" + i);
        answers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    headNode.write(file, file.toString(), FileMode.PRIVATE);
                    return sh(headNode, "cat \"$1\"", file).stdout();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                command -> new Thread(command).start()));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo(folder.resolve("f" + i).toString());
      }
      assertThat(narrow.log().split("Accepted publickey")).hasSize(2);
    }
  }

  @Test
  void serverWithoutSftp_isAnErrorWithTheMend_andStillRunsCommands() throws Exception {
    try (SshServer bare = SshServer.start("--option", "Subsystem sftp /bin/false");
        SshHeadNode headNode = headNode(bare.settings())) {
      assertThatIOException()
          .isThrownBy(() -> headNode.write(folder.resolve("x"), "x", FileMode.PRIVATE))
          .withMessageContaining("SFTP");
      assertThat(sh(headNode, "echo here").stdout()).isEqualTo("here\n");
    }
  }
}
