package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.drover.journal.JournalEntry.AttemptEnded;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.TaskId;
import dev.drover.task.TaskWork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalLineTest {
  private final JournalDecoder decoder = new JournalDecoder();

  @Test
  void everyEntry_comesBackEqual() throws IOException {
    for (JournalEntry entry : Entries.oneOfEach("plain")) {
      assertThat(decode(Entries.line(entry))).isEqualTo(entry);
    }
    assertThat(decoder.skippedKeys() + decoder.skippedEntries()).isZero();
  }

  @Test
  void everyEntry_isCoveredByTheSamples() {
    assertThat(Entries.oneOfEach("x").stream().map(Object::getClass))
        .containsAll(Arrays.asList(JournalEntry.class.getPermittedSubclasses()));
  }

  @Test
  void everyEnding_comesBackEqual() throws IOException {
    for (Ending ending : Ending.values()) {
      JournalEntry entry = Entries.finished(1, ending);
      assertThat(decode(Entries.line(entry))).isEqualTo(entry);
    }
  }

  @Test
  void oddStrings_comeBackEqual_onOneLineOfValidUtf8() throws IOException {
    for (String odd : Entries.ODD) {
      for (JournalEntry entry : Entries.oneOfEach(odd)) {
        byte[] line = Entries.line(entry);
        assertThat(decode(line)).isEqualTo(entry);
        assertThat(new String(line, StandardCharsets.UTF_8).chars().filter(c -> c == '\n'))
            .hasSize(1);
        assertThat(new String(line, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
            .isEqualTo(line);
      }
    }
  }

  @Test
  void everyCharacter_isReadBackByJackson() throws IOException {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      all.append((char) c).append('.');
    }
    assertThat(jackson(all.toString())).isEqualTo(all.toString());
  }

  @Test
  void randomStrings_areReadBackByJackson() throws IOException {
    Random random = new Random(42);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        int kind = random.nextInt(4);
        text.append(
            (char)
                (kind == 0
                    ? random.nextInt(0x10000)
                    : kind == 1 ? 0xD800 + random.nextInt(0x800) : random.nextInt(0x90)));
      }
      assertThat(jackson(text.toString())).isEqualTo(text.toString());
    }
  }

  @Test
  void numbers_areThoseOfTheJdk() {
    for (long value : new long[] {0, 1, -1, 9, 10, 99, 100, -10, Long.MAX_VALUE, Long.MIN_VALUE}) {
      JsonBytes bytes = new JsonBytes(1).number(value);
      assertThat(new String(bytes.bytes(), 0, bytes.length(), StandardCharsets.US_ASCII))
          .isEqualTo(Long.toString(value));
    }
  }

  @Test
  void aLongMessage_isReadable() throws IOException {
    JournalEntry entry = Entries.full("é".repeat(11_000_000));
    assertThat(decode(Entries.line(entry)).equals(entry)).isTrue();
  }

  @Test
  void aMillionQueuedTasks_takeAFewBytes() {
    assertThat(Entries.line(Entries.accepted(1, 1_000_000))).hasSizeLessThan(100);
  }

  @Test
  void aJavaTask_isJournaledWithoutItsFunction() throws IOException {
    TaskWork sent =
        new TaskWork.Java(Payload.of(new byte[1000]), new ClasspathId("0123"), Isolation.THREAD);
    byte[] line = Entries.line(Entries.single(1, sent));
    assertThat(line).hasSizeLessThan(48);
    assertThat(decode(line))
        .isEqualTo(
            Entries.single(
                1, new TaskWork.Java(Payload.EMPTY, ClasspathId.NONE, Isolation.THREAD)));
  }

  @Test
  void decimals_comeBackEqual() throws IOException {
    for (double value :
        new double[] {
          0.1, 1, 2.5, 1e14, 1e15, 1e16, 1e300, 4.9e-324, Double.MAX_VALUE, Double.POSITIVE_INFINITY
        }) {
      for (double cost : new double[] {value, -value}) {
        JournalEntry entry =
            new AttemptEnded(
                new TaskId(1), 1, Ending.FAILED, "", "", "", "", -1, -1, 0, 0, 1, cost);
        assertThat(decode(Entries.line(entry))).isEqualTo(entry);
      }
    }
  }

  @Test
  void aLongVariableName_isReadable() throws IOException {
    JournalEntry entry = Entries.acceptedInFull("N".repeat(200_000));
    assertThat(decode(Entries.line(entry)).equals(entry)).isTrue();
  }

  @Test
  void aUsualFinishedTask_takesLittle() {
    assertThat(Entries.line(Entries.usual(123_456))).hasSizeLessThan(240);
  }

  @Test
  void unknownTypesAndKeys_areSkippedAndCounted() throws IOException {
    assertThat(decoder.decode(bytes("{\"t\":\"weather\",\"x\":{\"y\":[1,2]}}"), 0, 31)).isEmpty();
    assertThat(
            decode(
                bytes(
                    "{\"t\":\"accepted\",\"id\":1,\"q\":{\"id\":9},\"argv\":[\"a\"],\"z\":null}\n")))
        .isEqualTo(Entries.single(1, TaskWork.Shell.argv(List.of("a"))));
    assertThat(decoder.skippedEntries()).isEqualTo(1);
    assertThat(decoder.skippedKeys()).isEqualTo(2);
  }

  @Test
  void brokenLines_areRefused() {
    for (String line :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"id\":1}",
          "{\"t\":7}",
          "{\"t\":\"done\",\"id\":1,\"try\":1,\"end\":\"SUCC",
          "{\"t\":\"done\",\"id\":1,\"try\":1,\"end\":\"HAPPY\"}",
          "{\"t\":\"done\",\"id\":0,\"try\":1,\"end\":\"FAILED\"}",
          "{\"t\":\"done\",\"try\":1,\"end\":\"FAILED\"}",
          "{\"t\":\"done\",\"id\":\"1\",\"try\":1,\"end\":\"FAILED\"}",
          "{\"t\":\"done\",\"id\":1,\"try\":1,\"end\":\"FAILED\",\"out\":[\"a\",1]}",
          "{\"t\":\"done\",\"id\":1,\"try\":1,\"end\":\"FAILED\",\"host\":7}",
          "{\"t\":\"accepted\",\"id\":1}",
          "{\"t\":\"accepted\",\"id\":1,\"line\":\"a\",\"argv\":[\"a\"]}",
          "{\"t\":\"accepted\",\"id\":1,\"n\":0,\"i\":0,\"line\":\"a\"}",
          "{\"t\":\"accepted\",\"id\":1,\"n\":2,\"line\":\"a\"}",
          "{\"t\":\"accepted\",\"id\":1,\"argv\":[]}",
          "{\"t\":\"accepted\",\"id\":1,\"argv\":[1]}",
          "{\"t\":\"accepted\",\"id\":1,\"argv\":\"a\"}",
          "{\"t\":\"accepted\",\"id\":1,\"java\":\"MAYBE\"}",
          "{\"t\":\"accepted\",\"id\":1,\"line\":\"a\",\"limit\":\"soon\"}",
          "{\"t\":\"accepted\",\"id\":1,\"line\":\"a\",\"env\":[[\"a\"]]}",
          "{\"t\":\"accepted\",\"id\":1,\"line\":\"a\"}{}",
          "{\"t\":\"left\",\"mgr\":\"m\"}",
          "{\"t\":\"left\",\"mgr\":\"m\",\"time\":\"yesterday\"}",
          "\0\0\0\0"
        }) {
      assertThatThrownBy(() -> decode(bytes(line + "\n"))).as(line).isInstanceOf(IOException.class);
    }
  }

  private JournalEntry decode(byte[] line) throws IOException {
    return decoder.decode(line, 0, line.length - 1).orElseThrow();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String jackson(String text) throws IOException {
    JsonBytes bytes = new JsonBytes(1).string(text);
    try (JsonParser parser = new JsonFactory().createParser(bytes.bytes(), 0, bytes.length())) {
      parser.nextToken();
      String read = parser.getText();
      assertThat(parser.nextToken()).isNull();
      return read;
    }
  }
}
