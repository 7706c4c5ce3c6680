package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ways through other hosts, there and back, between real OpenSSH servers. */
@Timeout(60)
class SshJumpTest {
  private static SshServer jump;
  private static SshServer head;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    head = SshServer.start();
    jump =
        SshServer.start(
            "--option", "PermitOpen 127.0.0.1:" + head.port(), "--option", "LogLevel DEBUG1");
  }

  @AfterAll
  static void stop() {
    if (head != null) {
      jump.close();
      head.close();
    }
  }

  /** As a user writes it; the head node has no address but by way of the jump host. */
  private SshHeadNode byConfiguration() throws IOException {
    Path known = folder.resolve("known");
    Files.writeString(
        known, Files.readString(head.knownHosts()) + Files.readString(jump.knownHosts()));
    Path config =
        Files.writeString(
            folder.resolve("config"),
            """
            Host head
              HostName 127.0.0.1
              Port %d
              IdentityFile %s
              ProxyJump gate
            Host gate
              HostName 127.0.0.1
              Port %d
              IdentityFile "%s"
            Host *
              User root
              UserKnownHostsFile %s
              IdentityAgent none
            """
                .formatted(
                    head.port(),
                    head.directory().resolve("id"),
                    jump.port(),
                    jump.directory().resolve("id"),
                    known));
    return new SshHeadNode(
        new SshSettings(
            SshAddress.parse("head"),
            List.of(),
            List.of(),
            List.of(),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            "",
            Optional.of(config)),
        new ConsolePrompt());
  }

  private static String echo(HeadNode headNode) throws IOException {
    return headNode
        .run(Command.of(Duration.ofSeconds(20), List.of("sh", "-c", "echo $SSH_CONNECTION")))
        .stdout();
  }

  @Test
  void headNodeBehindAJumpHost_isReached_andAgainWhenTheJumpHostCutsTheWay() throws Exception {
    String before = jump.log();
    try (SshHeadNode headNode = byConfiguration()) {
      assertThat(echo(headNode)).endsWith(" 127.0.0.1 " + head.port() + "\n");
      headNode.write(folder.resolve("file"), "x".repeat(1 << 20), FileMode.PRIVATE);
      assertThat(folder.resolve("file")).hasSize(1 << 20);
      jump.ctl("cut");
      assertThat(echo(headNode)).endsWith(" 127.0.0.1 " + head.port() + "\n");
      assertThat(jump.log().substring(before.length()).split("Accepted publickey")).hasSize(3);
    }
  }

  @Test
  void aWayThroughAHost_mayHaveTwoMebibytesUnderWay_soThatALongLineIsNotSlow() throws Exception {
    try (SshHeadNode headNode = byConfiguration()) {
      assertThat(echo(headNode)).isNotEmpty();
    }
    assertThat(jump.log()).containsPattern("ctype direct-tcpip rchan [0-9]+ win 2097152 max 32768");
  }

  @Test
  void headNodeThatHangsBehindTheJumpHost_isNoticed_andReachedAgainWhenItGoesOn() throws Exception {
    try (SshHeadNode headNode = byConfiguration()) {
      assertThat(echo(headNode)).isNotEmpty();
      head.ctl("freeze");
      try {
        assertThatIOException()
            .isThrownBy(() -> echo(headNode))
            .withMessageContaining("cannot connect to root@127.0.0.1:" + head.port())
            .withMessageContaining("no answer in 5.0 s")
            .withMessageContaining("way:     root@127.0.0.1:" + jump.port());
      } finally {
        head.ctl("thaw");
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions() // until the pause after the failure is over
          .until(() -> !echo(headNode).isEmpty());
    }
  }

  @Test
  void jumpHostThatRefusesToForward_isNamed_withTheWholeWay() throws Exception {
    try (SshServer other = SshServer.start("--option", "AllowTcpForwarding no")) {
      SshSettings like = head.settings();
      Path known = folder.resolve("both");
      Files.writeString(
          known, Files.readString(head.knownHosts()) + Files.readString(other.knownHosts()));
      SshSettings settings =
          new SshSettings(
              like.address(),
              List.of(other.address("root")),
              List.of(head.directory().resolve("id"), other.directory().resolve("id")),
              List.of(known),
              Duration.ZERO,
              Duration.ofSeconds(5),
              "",
              Optional.empty());
      try (SshHeadNode headNode = new SshHeadNode(settings, new ConsolePrompt())) {
        assertThatIOException()
            .isThrownBy(() -> echo(headNode))
            .withMessageContaining("the jump host 127.0.0.1 does not connect to")
            .withMessageContaining("AllowTcpForwarding")
            .withMessageContaining("way:     root@127.0.0.1:" + other.port() + " → ")
            .withMessageContaining("@127.0.0.1:" + head.port());
      }
    }
  }

  @Test
  void forward_carriesBytesBothWays_andStaysWhenTheConnectionIsLost() throws Exception {
    try (ServerSocket service = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        SshHeadNode headNode = byConfiguration()) {
      Thread echo = new Thread(() -> echoAll(service));
      echo.setDaemon(true);
      echo.start();
      try (Forward forward = headNode.forward("127.0.0.1", service.getLocalPort())) {
        assertThat(through(forward, "hello")).isEqualTo("hello");
        String large = "0123456789".repeat(300_000);
        assertThat(through(forward, large)).isEqualTo(large);
        try (Socket open = new Socket("127.0.0.1", forward.localPort())) {
          open.getOutputStream().write('x');
          assertThat(open.getInputStream().read()).isEqualTo('x');
          head.ctl("cut");
          assertThat(endOf(open)).isTrue();
        }
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> through(forward, "again").equals("again"));
        int port = forward.localPort();
        forward.close();
        assertThatIOException().isThrownBy(() -> new Socket("127.0.0.1", port).close());
      }
    }
  }

  @Test
  void forwardToAPortWhereNobodyListens_closesWhatConnects() throws Exception {
    int closed = FreePorts.first(1);
    try (SshHeadNode headNode = byConfiguration();
        Forward forward = headNode.forward("127.0.0.1", closed);
        Socket socket = new Socket("127.0.0.1", forward.localPort())) {
      assertThat(endOf(socket)).isTrue();
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private static String through(Forward forward, String text) {
    try (Socket socket = new Socket("127.0.0.1", forward.localPort())) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  // The reader sees that it ended.
                }
              });
      writer.start();
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(text.length()), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void echoAll(ServerSocket service) {
    while (!service.isClosed()) {
      try {
        Socket socket = service.accept();
        Thread serving =
            new Thread(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException e) {
                    // The other end is gone.
                  }
                });
        serving.setDaemon(true);
        serving.start();
      } catch (IOException closed) {
        return;
      }
    }
  }
}
