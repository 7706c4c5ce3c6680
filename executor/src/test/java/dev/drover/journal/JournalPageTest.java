package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.task.Ending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/journal.md} true. */
class JournalPageTest {
  private static final Pattern EXAMPLES =
      Pattern.compile("^```json (\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern KEY = Pattern.compile("[{,]\"(\\w+)\":");

  private String page;

  @BeforeEach
  void readPage() throws IOException {
    page = Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/journal.md"));
  }

  @Test
  void everyExample_isTheEntryThatItClaims_writtenAsTheJournalWritesIt() throws IOException {
    Set<String> shown = new HashSet<>();
    Matcher examples = EXAMPLES.matcher(page);
    while (examples.find()) {
      for (String line : examples.group(2).lines().toList()) {
        JournalDecoder decoder = new JournalDecoder();
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        JournalEntry entry = decoder.decode(bytes, 0, bytes.length).orElseThrow();
        assertThat(entry.getClass().getSimpleName()).as(line).isEqualTo(examples.group(1));
        assertThat(decoder.skippedKeys()).as(line).isZero();
        assertThat(Entries.text(entry)).isEqualTo(line + "\n");
        shown.add(examples.group(1));
      }
    }
    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(JournalEntry.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList());
  }

  @Test
  void everyKeyAndWord_isDocumented() {
    for (JournalEntry entry : Entries.oneOfEach("x")) {
      Matcher keys = KEY.matcher(Entries.text(entry));
      while (keys.find()) {
        assertThat(page).contains("`" + keys.group(1) + "`");
      }
    }
    for (Enum<?>[] words : List.of(Ending.values(), BlockPhase.values(), RunEnd.values())) {
      for (Enum<?> word : words) {
        assertThat(page).contains("`" + word.name() + "`");
      }
    }
  }
}
