package dev.drover.executor;

import static dev.drover.executor.TestRun.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.FreePorts;
import dev.drover.protocol.CurveKeys;
import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.FromClient;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ProtocolVersion;
import dev.drover.submit.TaskReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** What strangers get who knock at the ports of a live run, and what they can find of its keys. */
@Timeout(300)
class PortsTest {
  private static final int FIRST_PORT = FreePorts.first(20);

  @TempDir static Path home;
  private static TestRun run;
  private static List<Integer> ports;

  @BeforeAll
  static void start() throws Exception {
    run = TestRun.start(home, "executor.port-range=%d-%d".formatted(FIRST_PORT, FIRST_PORT + 19));
    get(run.executor.submit(() -> 1));
    ports = new ArrayList<>();
    for (int port = FIRST_PORT; port < FIRST_PORT + 20; port++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
        ports.add(port);
      } catch (IOException e) {
        continue; // nobody listens there
      }
    }
    assertThat(ports).hasSize(2).contains(run.executor.port());
  }

  @AfterAll
  static void end() {
    run.close();
  }

  @AfterEach
  void theServiceGoesOn() throws Exception {
    assertThat(get(run.executor.submit(() -> 2))).isEqualTo(2);
    assertThat(get(run.line("echo on")).outcome().attempt()).isEqualTo(1);
    assertThat(run.executor.status().managers()).hasSize(1);
  }

  private static void send(int port, byte[]... parts) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      OutputStream out = socket.getOutputStream();
      for (byte[] part : parts) {
        out.write(part);
        out.flush();
      }
    } catch (java.net.SocketException e) {
      return; // hung up on, as it should be
    }
  }

  /** The first bytes of ZMTP 3.0 as anybody can write them. */
  private static byte[] greeting(String mechanism) {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    bytes.put((byte) 0xff).putLong(1).put((byte) 0x7f).put((byte) 3).put((byte) 0);
    bytes.put(mechanism.getBytes(StandardCharsets.US_ASCII));
    return bytes.array();
  }

  @Test
  void garbageAndTruncatedAndOversizedFrames_onBothPorts_harmNobody() throws Exception {
    Random random = new Random(7);
    for (int port : ports) {
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[1 + random.nextInt(5_000)];
        random.nextBytes(garbage);
        send(port, garbage);
      }
      send(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      send(port, new byte[0]);
      for (String mechanism : List.of("NULL", "CURVE", "PLAIN", "NONSENSE")) {
        send(port, greeting(mechanism));
        send(port, java.util.Arrays.copyOf(greeting(mechanism), 20));
        byte[] hugeCommand = {6, 0x7f, -1, -1, -1, -1, -1, -1, -1, 'x'};
        send(port, greeting(mechanism), hugeCommand);
        byte[] hugeFrame = {2, 0x7f, -1, -1, -1, -1, -1, -1, -1, 'x'};
        send(port, greeting(mechanism), hugeFrame);
        byte[] empty = {4, 0, 0, 0, 1, 0};
        send(port, greeting(mechanism), empty);
      }
    }
  }

  @Test
  void aStrangerWithoutKeys_getsNoAnswerOnEitherPort() {
    for (int port : ports) {
      try (ZContext context = new ZContext()) {
        ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
        socket.setLinger(0);
        socket.setReceiveTimeOut(700);
        // Once it was hung up on, a send would wait for a peer that never comes.
        socket.setSendTimeOut(700);
        socket.connect("tcp://127.0.0.1:" + port);
        try {
          sendHello(socket, ProtocolVersion.CURRENT);
          boolean sent = socket.send(new byte[3_000_000]);
          for (int i = 0; sent && i < 100; i++) {
            sent = socket.send(new byte[] {(byte) i, 1, 2, 3});
          }
        } catch (AssertionError hungUpOn) {
          // The stranger's own JeroMQ asserts that nobody hangs up between two frames of a message.
        }
        assertThat(socket.recv()).isNull();
      }
    }
  }

  private static void sendHello(ZMQ.Socket socket, int version) {
    socket.send(new byte[] {(byte) version}, ZMQ.SNDMORE);
    List<byte[]> frames = new FrameCodec().encode(new FromManager.Hello());
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
    }
  }

  private static ZMQ.Socket client(ZContext context, String serverKey, String pub, String secret) {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    socket.setLinger(0);
    socket.setReceiveTimeOut(2_000);
    socket.setSendTimeOut(2_000); // as above
    socket.setCurveServerKey(ZMQ.Curve.z85Decode(serverKey));
    socket.setCurvePublicKey(ZMQ.Curve.z85Decode(pub));
    socket.setCurveSecretKey(ZMQ.Curve.z85Decode(secret));
    socket.connect("tcp://127.0.0.1:" + run.executor.port());
    return socket;
  }

  @Test
  void withTheServersKeyAndAForeignKeyOfOnesOwn_nobodyGetsIn() throws Exception {
    Path keys = run.executor.runDirectory().resolve("keys");
    String serverKey = CurveKeys.interchangePublicKey(keys);
    ZMQ.Curve.KeyPair foreign = ZMQ.Curve.generateKeyPair();
    try (ZContext context = new ZContext()) {
      ZMQ.Socket stranger = client(context, serverKey, foreign.publicKey, foreign.secretKey);
      sendHello(stranger, ProtocolVersion.CURRENT);
      stranger.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE);
      List<byte[]> cancelAll = new FrameCodec().encode(new FromClient.Cancel(List.of()));
      for (int i = 0; i < cancelAll.size(); i++) {
        stranger.send(cancelAll.get(i), i < cancelAll.size() - 1 ? ZMQ.SNDMORE : 0);
      }
      assertThat(stranger.recv()).isNull();
    }
  }

  @Test
  void withTheRunsKeys_ofAnotherVersionOrNonsense_isRefused_andGoodWordsAreAnswered()
      throws Exception {
    Path keys = run.executor.runDirectory().resolve("keys");
    CurveKeys.Pair own = CurveKeys.client(keys);
    String serverKey = CurveKeys.interchangePublicKey(keys);
    await("some handshakes of CURVE fail by themselves")
        .atMost(TestRun.PATIENCE)
        .until(
            () -> {
              try (ZContext context = new ZContext()) {
                ZMQ.Socket friend = client(context, serverKey, own.publicKey(), own.secretKey());
                sendHello(friend, ProtocolVersion.CURRENT + 1);
                friend.send(new byte[] {ProtocolVersion.CURRENT}, ZMQ.SNDMORE);
                friend.send("nonsense");
                friend.send(new byte[0]);
                sendHello(friend, ProtocolVersion.CURRENT);
                byte[] first = friend.recv();
                friend.setReceiveTimeOut(300);
                boolean answeredOnce = true;
                while (first != null && friend.hasReceiveMore()) {
                  friend.recv();
                }
                if (first != null) {
                  answeredOnce = friend.recv() == null;
                }
                assertThat(answeredOnce).as("only the good word is answered").isTrue();
                return first != null && first[0] == ProtocolVersion.CURRENT;
              }
            });
  }

  @Test
  void keysAreTheirOwnersAlone_andNoSecretStandsWhereOthersLook() throws Exception {
    Path directory = run.executor.runDirectory();
    Path keys = directory.resolve("keys");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rwx------");
    List<String> secrets = new ArrayList<>();
    try (Stream<Path> files = Files.list(keys)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        if (!file.endsWith("interchange")) { // the address, which managers are told
          secrets.add(Files.readString(file).strip());
        }
      }
    }
    assertThat(secrets).hasSize(4);

    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(keys) && Files.size(file) < 1_000_000) {
          String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          assertThat(secrets).as(file.toString()).noneMatch(text::contains);
        }
      }
    }
    List<Processes.Seen> processes = Processes.of(home);
    assertThat(processes).hasSizeGreaterThanOrEqualTo(4);
    for (Processes.Seen process : processes) {
      assertThat(secrets).noneMatch(process.command()::contains);
      assertThat(secrets).noneMatch(process.environment()::contains);
    }
    TaskReport report = get(run.line("env; cat /proc/$PPID/environ /proc/$PPID/cmdline"));
    String seen = run.stdout(report);
    assertThat(secrets).noneMatch(seen::contains);
  }
}
