package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void command_isShownAsOneWouldTypeIt_withLongWordsShortened() {
    assertThat(Command.of(LONG, List.of("sh", "-c", "a\nb", "x y", "")))
        .hasToString("sh -c '…' 'x y' ''");
  }

  @Test
  void command_refusesAnEmptyArgv_andNoTime() {
    assertThatIllegalArgumentException().isThrownBy(() -> Command.of(LONG, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Command.of(Duration.ZERO, List.of("qstat")))
        .withMessageContaining("timeout of qstat");
  }
}
