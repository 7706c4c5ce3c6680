package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RemoteAnswerTest {
  private final RemoteAnswer answer = new RemoteAnswer("mark", 8192);

  private static void say(OutputStream stream, String text, int atOnce) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i += atOnce) {
      stream.write(bytes, i, Math.min(atOnce, bytes.length - i));
    }
  }

  @Test
  void outputIsWhatStandsBetweenTheMarkers_howeverItComes() throws Exception {
    for (int atOnce = 1; atOnce < 40; atOnce++) {
      RemoteAnswer one = new RemoteAnswer("mark", 8192);
      say(one.stdout(), "noise mar mark<out ma mark mark\nmark>3\nleft behind", atOnce);
      assertThat(one.awaitEnd(Duration.ZERO)).isFalse();
      say(one.stderr(), "mark<mark>3\n", atOnce);
      assertThat(one.awaitEnd(Duration.ZERO)).isTrue();
      assertThat(one.awaitClosed(Duration.ZERO)).isFalse();
      assertThat(one.exitCode()).hasValue(3);
      assertThat(one.output()).isEqualTo("out ma mark mark\n");
      assertThat(one.errors()).isEmpty();
    }
  }

  @Test
  void channelThatCloses_endsTheWaiting_withoutAnExitCode_andTellsTheNoise() throws Exception {
    say(answer.stdout(), "no such account, mar", 3);
    say(answer.stderr(), "sorry", 3);
    answer.stdout().close();
    answer.stderr().close();
    assertThat(answer.awaitEnd(Duration.ZERO)).isTrue();
    assertThat(answer.exitCode()).isEmpty();
    assertThat(answer.noise()).isEqualTo("no such account, marsorry");
  }

  @Test
  void outputBeforeALoss_isKept() throws Exception {
    say(answer.stdout(), "mark<half a wo", 5);
    answer.stdout().close();
    assertThat(answer.output()).isEqualTo("half a wo");
  }

  @Test
  void onlyTheTailOfMuchOutput_isKept() throws Exception {
    say(answer.stdout(), "mark<" + "0123456789\n".repeat(2000) + "mark>0\n", 100);
    assertThat(answer.output()).endsWith("0123456789\n").hasSizeBetween(8000, 8192);
  }
}
