package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.BlockTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class BlockEndReaderTest {
  private static final long START = 1_795_262_400_123L;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static BlockTime read(String variable, String... options) {
    List<String> arguments =
        new java.util.ArrayList<>(List.of("--address=a", "--port=1", "--run-dir=/run"));
    arguments.addAll(List.of(options));
    return BlockEndReader.read(
        variable,
        START,
        WorkerPoolArguments.parse(arguments),
        LoggerFactory.getLogger(BlockEndReaderTest.class));
  }

  @Test
  void withoutAnything_thereIsNoEnd() {
    assertThat(read(null)).isEqualTo(BlockTime.NONE);
    assertThat(read(" ")).isEqualTo(BlockTime.NONE);
  }

  @Test
  void theWalltime_countsFromTheStart() {
    assertThat(read(null, "--walltime=3600"))
        .isEqualTo(BlockTime.of(START, START + 3_600_000, GRACE));
  }

  @Test
  void theJobScriptsEnd_goesBeforeTheWalltime() {
    assertThat(read("1795263000", "--walltime=3600"))
        .isEqualTo(BlockTime.of(START, 1_795_263_000_000L, GRACE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-5", "1795262400", "0", "999999999999", "1795263000.5"})
  void anEndThatIsNoTimeToCome_isPassedOver(String variable) {
    assertThat(read(variable)).isEqualTo(BlockTime.NONE);
    assertThat(read(variable, "--walltime=60").endMillis()).isEqualTo(START + 60_000);
  }
}
