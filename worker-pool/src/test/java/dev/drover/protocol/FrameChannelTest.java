package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FrameChannelTest {
  @TempDir Path temp;
  private SocketChannel left;
  private SocketChannel right;
  private FrameChannel writer;
  private FrameChannel reader;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(temp.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      left = SocketChannel.open(address);
      right = server.accept();
    }
    writer = new FrameChannel(left);
    reader = new FrameChannel(right);
  }

  @AfterEach
  void disconnect() throws IOException {
    writer.close();
    reader.close();
  }

  private static byte[] bytes(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void same(List<byte[]> actual, List<byte[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }

  @Test
  void messages_comeInOrder_withTheirFrames() throws Exception {
    List<List<byte[]>> messages =
        List.of(
            List.of(new byte[0]),
            List.of(bytes(1, 1)),
            List.of(bytes(10, 2), new byte[0], bytes(30_000, 3)),
            List.of(bytes(70_000, 4), bytes(5, 5)));
    for (List<byte[]> message : messages) {
      writer.write(message);
    }

    for (List<byte[]> message : messages) {
      same(reader.read(), message);
    }
    right.configureBlocking(false);
    assertThat(reader.read()).isNull();
  }

  @Test
  void aMessageThatComesByteForByte_isReadWhenItsLastByteIsThere() throws Exception {
    right.configureBlocking(false);
    byte[] wire = {0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 7, 8, 9};
    for (int i = 0; i < wire.length; i++) {
      assertThat(reader.read()).as("before byte %d", i).isNull();
      left.write(ByteBuffer.wrap(wire, i, 1));
    }

    same(reader.read(), List.of(new byte[] {7, 8, 9}, new byte[0]));
    assertThat(reader.read()).isNull();
  }

  @Test
  void aSlowReader_getsItAll_andTheWriterNeverBlocks() throws Exception {
    left.configureBlocking(false);
    right.configureBlocking(false);
    List<List<byte[]>> sent = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      List<byte[]> message = List.of(bytes(20_000, i), bytes(50_000, -i));
      sent.add(message);
      writer.write(message);
    }
    assertThat(writer.isWriting()).isTrue();
    assertThat(writer.flush()).isFalse();

    List<List<byte[]>> got = new ArrayList<>();
    boolean flushed = false;
    while (got.size() < sent.size()) {
      List<byte[]> message = reader.read();
      if (message != null) {
        got.add(message);
      } else {
        flushed = writer.flush();
      }
    }

    assertThat(flushed).isTrue();
    assertThat(writer.isWriting()).isFalse();
    for (int i = 0; i < sent.size(); i++) {
      same(got.get(i), sent.get(i));
    }
    assertThat(reader.read()).isNull();
  }

  @Test
  void a64MegabyteMessage_comesWhole() throws Exception {
    byte[] large = bytes(64 << 20, 1);
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try {
                writer.write(List.of(new byte[] {1}, large, new byte[] {2}));
                writer.write(List.of(new byte[] {3}));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });

    same(reader.read(), List.of(new byte[] {1}, large, new byte[] {2}));
    same(reader.read(), List.of(new byte[] {3}));
    written.join();
  }

  @Test
  void a64MegabyteMessage_comesWhole_alsoWhereNobodyMayBlock() throws Exception {
    left.configureBlocking(false);
    right.configureBlocking(false);
    byte[] large = bytes(64 << 20, 1);
    writer.write(List.of(new byte[] {1}, large));

    List<byte[]> got;
    while ((got = reader.read()) == null) {
      writer.flush();
    }

    same(got, List.of(new byte[] {1}, large));
    assertThat(writer.isWriting()).isFalse();
  }

  @Test
  void aHeaderThatPromisesMuch_allocatesNoMoreThanWhatComes() throws Exception {
    right.configureBlocking(false);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    left.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 0x7f, -1, -1, 0, 1, 2, 3}));
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThat(reader.read()).isNull();

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }

  @Test
  void aHeaderThatIsGarbage_isRefused() throws Exception {
    refused(new byte[] {0, 0, 0, 0});
    reconnect();
    refused(new byte[] {-1, -1, -1, -1});
    reconnect();
    refused(new byte[] {0, 2, 0, 0});
    reconnect();
    refused(new byte[] {0, 0, 0, 1, -1, -1, -1, -1});
    reconnect();
    refused(new byte[] {0, 0, 0, 2, 0x7f, -1, -1, -1, 0x7f, -1, -1, -1});
    reconnect();
    refused("GET / HTTP/1.1\r\n\r\n".getBytes());
  }

  private void reconnect() throws IOException {
    disconnect();
    java.nio.file.Files.deleteIfExists(temp.resolve("s"));
    connect();
  }

  private void refused(byte[] wire) throws IOException {
    left.write(ByteBuffer.wrap(wire));
    assertThatThrownBy(() -> reader.read()).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aPeerThatCloses_isToldAsTheEnd_afterWhatItSent() throws Exception {
    writer.write(List.of(bytes(10, 1)));
    writer.close();

    same(reader.read(), List.of(bytes(10, 1)));
    assertThatThrownBy(() -> reader.read()).isInstanceOf(EOFException.class);
  }

  @Test
  void aPeerThatClosesWithinAMessage_isToldAsTheEnd() throws Exception {
    left.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 0, 0, 0, 9, 1, 2}));
    writer.close();

    try {
      fail("read " + reader.read());
    } catch (EOFException e) {
      assertThat(e).hasMessageContaining("closed");
    }
  }

  @Test
  void aMessageOfManyFrames_comesWhole() throws Exception {
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      frames.add(new byte[] {(byte) i});
    }
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try {
                writer.write(frames);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });

    same(reader.read(), frames);
    written.join();
  }
}
