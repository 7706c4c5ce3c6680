package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SshLinkTest {
  @Test
  void pauses_doubleUpToALimit_andAreLongerAfterARefusedLogin() {
    assertThat(IntStream.rangeClosed(1, 9).mapToObj(n -> BackOff.pause(n, false).toMillis()))
        .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
    assertThat(IntStream.rangeClosed(1, 6).mapToObj(n -> BackOff.pause(n, true).toSeconds()))
        .containsExactly(60L, 120L, 240L, 480L, 600L, 600L);
    assertThat(BackOff.pause(Integer.MAX_VALUE, false)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void firstFailure_isToldAtOnce_andTheNextCallDoesNotTry() {
    AtomicInteger tries = new AtomicInteger();
    SshLink link =
        new SshLink(
            () -> {
              tries.incrementAndGet();
              throw new SshConnectException("no\n  fix:     yes", true, null);
            },
            Duration.ofSeconds(30),
            Runnable::run);
    assertThatExceptionOfType(SshConnectException.class)
        .isThrownBy(link::connection)
        .withMessage("no\n  fix:     yes");
    assertThatExceptionOfType(SshConnectException.class)
        .isThrownBy(link::connection)
        .withMessageMatching("(?s).* not tried again for (60|[1-5]?[0-9]) s"); // what is left of 60
    assertThat(tries).hasValue(1);
    link.close();
    assertThatIOException().isThrownBy(link::connection).withMessageContaining("is closed");
  }

  @Test
  void interrupt_endsTheWaiting_andKeepsTheFlag() throws Exception {
    CompletableFuture<Void> never = new CompletableFuture<>();
    SshLink link =
        new SshLink(
            () -> {
              never.join();
              throw new SshConnectException("no", false, null);
            },
            Duration.ofSeconds(30),
            work -> new Thread(work).start());
    Thread.currentThread().interrupt();
    assertThatIOException().isThrownBy(link::connection).withMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    never.complete(null);
  }
}
