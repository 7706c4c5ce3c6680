package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SiteKeysTest {

  @Test
  void everyDefault_readsBackAsItself() {
    // The default name is a stand-in that the reader replaces.
    for (Key<?> key : SiteKeys.all()) {
      readsBack(key);
    }
  }

  private static <T> void readsBack(Key<T> key) {
    String text = key.type().print(key.defaultValue());
    assertThat(key.type().parse(text)).as(key.name()).isEqualTo(key.defaultValue());
  }

  @Test
  void everyKey_isNamedInKebabCase_andHasOneLineOfDoc() {
    assertThat(SiteKeys.all()).hasSizeGreaterThan(40);
    for (Key<?> key : SiteKeys.all()) {
      assertThat(key.name()).matches("[a-z]+\\.[a-z]+(-[a-z]+)*");
      assertThat(key.doc()).as(key.name()).isNotBlank().doesNotContain("\n").hasSizeLessThan(100);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "executor.prot, executor.port",
    "executor.heartbeatPeriod, executor.heartbeat-period",
    "worker.max_per_node, worker.max-per-node",
    "max-blocks, provider.max-blocks",
    "executor.walltime, provider.walltime",
    "site.extend, site.extends",
    "WORKER.DEBUG, worker.debug",
  })
  void misspeltKey_isRecognised(String written, String meant) {
    assertThat(Nearest.key(written)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnication", "x", "", "scheduler.frobnicate"})
  void strangeKey_isNotGuessedAt(String written) {
    assertThat(Nearest.key(written)).isEmpty();
  }
}
