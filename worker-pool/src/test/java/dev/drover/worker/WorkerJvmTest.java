package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.RemoteCall;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerJvmTest {
  private Process worker;
  private DataOutputStream toWorker;
  private DataInputStream fromWorker;

  @BeforeEach
  void startWorker() throws IOException {
    worker =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerJvmMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    toWorker = new DataOutputStream(worker.getOutputStream());
    fromWorker = new DataInputStream(worker.getInputStream());
  }

  @AfterEach
  void endWorker() {
    worker.destroyForcibly();
  }

  private void send(RemoteCall<?> function) throws IOException {
    byte[] bytes = Tasks.payload(function).bytes();
    toWorker.writeInt(bytes.length);
    toWorker.write(bytes);
    toWorker.flush();
  }

  private String[] receive() throws IOException {
    return new String[] {fromWorker.readUTF(), fromWorker.readUTF()};
  }

  @Test
  void afterAnExhaustedHeap_theWorkerTellsAndRunsOn() throws Exception {
    send(
        i -> {
          List<byte[]> all = new ArrayList<>();
          while (true) {
            all.add(new byte[1 << 20]);
          }
        });
    assertThat(receive()[0]).isEqualTo("OUT_OF_MEMORY");
    send(i -> i);
    assertThat(receive()[0]).isEqualTo("SUCCEEDED");
  }

  @Test
  void aRealStackOverflow_isThrown() throws Exception {
    send(i -> endless(1));
    assertThat(receive()).containsExactly("THREW", "java.lang.StackOverflowError");
  }

  private static int endless(int n) {
    return endless(n + 1) + 1;
  }

  @Test
  void aTaskThatExits_endsTheProcessWithItsCode() throws Exception {
    send(
        i -> {
          System.exit(43);
          return null;
        });
    assertThat(worker.waitFor()).isEqualTo(43);
    assertThatThrownBy(this::receive).isInstanceOf(EOFException.class);
  }

  @Test
  void whenTheManagerIsGone_theProcessEnds() throws Exception {
    toWorker.close();
    assertThat(worker.waitFor()).isZero();
  }
}
