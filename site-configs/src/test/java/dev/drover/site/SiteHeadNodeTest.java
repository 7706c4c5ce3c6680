package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.drover.headnode.Command;
import dev.drover.headnode.ConsolePrompt;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SshHeadNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteHeadNodeTest {
  @TempDir Path folder;

  private Site site(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("s.properties"), List.of(lines));
    return new SiteReader(Map.of()).read(file.toString());
  }

  @Test
  void withoutAUrl_itIsThisMachine() throws Exception {
    try (HeadNode headNode = SiteHeadNode.of(site("headnode.jump = gate"), new ConsolePrompt())) {
      assertThat(headNode).isInstanceOf(LocalHeadNode.class);
    }
  }

  @Test
  void withAUrl_itIsThatOne_withTheKeysFilesOfThisUser() throws Exception {
    Site site =
        site(
            "headnode.url = ssh://ada@login1.invalid:2222",
            "headnode.keep-alive = 30d",
            "headnode.identity-file = $HOME/no/such/key");
    try (HeadNode headNode = SiteHeadNode.of(site, new ConsolePrompt())) {
      assertThat(headNode).isInstanceOf(SshHeadNode.class);
      assertThat(headNode.host()).isEqualTo("login1.invalid");
      Command command = Command.of(Duration.ofSeconds(5), List.of("true"));
      assertThatIOException()
          .isThrownBy(() -> headNode.run(command))
          .withMessageContaining(
              "the key " + System.getenv("HOME") + "/no/such/key cannot be read");
    }
  }

  @Test
  void badAddresses_areProblemsOfTheFile_allToldAtOnce() {
    assertThatExceptionOfType(InvalidSiteException.class)
        .isThrownBy(() -> site("headnode.url = ssh://u:secret@h", "headnode.jump = gate, http://x"))
        .withMessageContaining(
            "headnode.url: 'ssh://u:secret@h' is not an address, ssh://user@host:port")
        .withMessageContaining("headnode.jump: 'http://x' is not an address");
  }
}
