package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ByteQueueTest {
  private final ByteQueue queue = new ByteQueue(4);
  private final OutputStream out = queue.writer();
  private final InputStream in = queue.reader(() -> 0);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void bytes_comeInOrder_andAfterTheEndWhatIsThereCanStillBeRead() throws Exception {
    out.write(bytes("ab"));
    out.write('c');
    out.close();
    assertThat(in.read()).isEqualTo('a');
    assertThat(in.readAllBytes()).isEqualTo(bytes("bc"));
    assertThat(in.read()).isEqualTo(-1);
    assertThatIOException().isThrownBy(() -> out.write(1)).withMessage("closed");
  }

  @Test
  void reader_givesUpAfterItsTimeout_andLosesNothing() throws Exception {
    InputStream impatient = queue.reader(() -> 1);
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(impatient::read);
    out.write('x');
    assertThat(impatient.read()).isEqualTo('x');
  }

  @Test
  void writer_waitsWhileTheReaderIsTooFarBehind_andFailsWhenHeEnds() throws Exception {
    out.write(bytes("12345"));
    CompletableFuture<Void> second = writing("6");
    assertThat(second).isNotDone();
    assertThat(in.readNBytes(6)).isEqualTo(bytes("123456"));
    second.get();
    out.write(bytes("78901"));
    CompletableFuture<Void> third = writing("2");
    in.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(third::get)
        .withMessageContaining("closed");
  }

  /** Returns when it waits for the reader. */
  private CompletableFuture<Void> writing(String text) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                out.write(bytes(text));
                written.complete(null);
              } catch (IOException e) {
                written.completeExceptionally(e);
              }
            });
    writer.start();
    await().until(() -> writer.getState() == Thread.State.WAITING);
    return written;
  }
}
