package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueKeysTest {
  @TempDir Path folder;
  private SiteFiles files;

  @BeforeEach
  void openFolder() {
    files = new SiteFiles(folder, Map.of());
  }

  @Test
  void queues_comeInTheOrderOfTheFile_withTheirLimits() {
    Site site =
        files.read(
            """
            queue.prod.min-nodes = 256
            queue.debug.max-nodes = 2
            queue.debug.max-walltime = 1h
            queue.debug.max-queued = 1
            queue.prod.max-walltime = 24:00:00
            """);
    assertThat(site.queues())
        .containsExactly(
            new QueueLimits(
                "prod",
                Optional.of("prod"),
                Optional.empty(),
                256,
                0,
                Duration.ZERO,
                Duration.ofHours(24),
                0,
                0,
                true,
                ""),
            new QueueLimits(
                "debug",
                Optional.of("debug"),
                Optional.empty(),
                1,
                2,
                Duration.ZERO,
                Duration.ofHours(1),
                1,
                0,
                true,
                ""));
  }

  @Test
  void queueBehindAnother_orUnderAQualityOfService_saysHowItIsAskedFor() {
    Site site =
        files.read(
            """
            queue.small.submit-to = prod
            queue.regular.qos = regular
            queue.batch.debug.submit-to = batch
            queue.batch.debug.qos = debug
            """);
    assertThat(site.queues())
        .extracting(QueueLimits::name, QueueLimits::queue, QueueLimits::qos)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("small", Optional.of("prod"), Optional.empty()),
            org.assertj.core.groups.Tuple.tuple(
                "regular", Optional.empty(), Optional.of("regular")),
            org.assertj.core.groups.Tuple.tuple(
                "batch.debug", Optional.of("batch"), Optional.of("debug")));
  }

  @Test
  void layersMeet_attributeByAttribute() {
    files.write("base.properties", "queue.debug.max-nodes = 2\nqueue.debug.max-walltime = 1h\n");
    Path site =
        files.write(
            "mine.properties", "site.extends = base.properties\nqueue.debug.max-nodes = 3\n");
    Site read = files.read(site, java.util.List.of(), "queue.debug.max-queued=4");
    QueueLimits debug = read.queues().get(0);
    assertThat(debug.maxNodes()).isEqualTo(3);
    assertThat(debug.maxWalltime()).isEqualTo(Duration.ofHours(1));
    assertThat(debug.maxQueued()).isEqualTo(4);
  }

  @Test
  void wrongValueOfAQueue_isToldUnderItsWholeName() {
    assertThat(files.problems("queue.debug.max-nodes = two\nqueue.debug.max-walltime = 90\n"))
        .containsExactly(
            "mine.properties:1: queue.debug.max-nodes: 'two' is not a whole number, 0 or more",
            "mine.properties:2: queue.debug.max-walltime: '90' has no unit; write 90s, 90m or 90h");
  }

  @ParameterizedTest
  @CsvSource({
    "queue.debug.max-node, queue.debug.max-nodes",
    "queue.debug-scaling.maxWalltime, queue.debug-scaling.max-walltime",
    "queu.debug.max-nodes, queue.debug.max-nodes",
    "queue.max-nodes, queue.<name>.max-nodes",
  })
  void misspeltKeyOfAQueue_isRecognised(String written, String meant) {
    assertThat(files.problems(written + " = 1"))
        .containsExactly(
            "mine.properties:1: " + written + ": unknown key; did you mean '" + meant + "'?");
  }

  @Test
  void everyAttribute_hasItsDefaultReadBack_andOneLineOfDoc() {
    assertThat(QueueKeys.all()).hasSizeGreaterThan(8);
    for (Key<?> key : QueueKeys.all()) {
      assertThat(key.name()).matches("queue\\.<name>\\.[a-z]+(-[a-z]+)*");
      assertThat(key.doc()).as(key.name()).isNotBlank().hasSizeLessThan(100);
      readsBack(key);
    }
  }

  private static <T> void readsBack(Key<T> key) {
    assertThat(key.type().parse(key.type().print(key.defaultValue())))
        .isEqualTo(key.defaultValue());
  }

  @Test
  void description_keepsTheQueues() {
    Site read = files.read("queue.debug.max-nodes = 2\nqueue.prod.note = by request\n");
    Path again = files.write("again.properties", read.describe());
    assertThat(new SiteReader(Map.of()).read(again.toString()).queues()).isEqualTo(read.queues());
  }
}
