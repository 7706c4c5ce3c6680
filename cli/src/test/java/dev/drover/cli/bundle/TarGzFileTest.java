package dev.drover.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is packed, as the system's tar unpacks it. */
class TarGzFileTest {
  @TempDir Path home;

  @Test
  void tarUnpacksWhatWasPacked_longNamesLinksAndPermissionsToo_andTheSameGivesTheSameBytes()
      throws Exception {
    Path tree = Files.createDirectories(home.resolve("in/" + "deep/".repeat(25)));
    Files.writeString(tree.resolve("file"), "x".repeat(1000));
    Files.createSymbolicLink(home.resolve("in/link"), Path.of("deep"));
    Path one = pack("1.tar.gz");
    assertThat(pack("2.tar.gz")).hasSameBinaryContentAs(one);

    Process tar =
        new ProcessBuilder("tar", "-xzvf", "1.tar.gz")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).as(said).isZero();
    assertThat(said.lines()).hasSize(2 + 25 + 3); // no warning
    Path out = home.resolve("out");
    assertThat(out.resolve("script")).isExecutable().hasContent("#!/bin/sh");
    assertThat(out.resolve("tree/" + "deep/".repeat(25) + "file")).hasContent("x".repeat(1000));
    assertThat(Files.readSymbolicLink(out.resolve("tree/link"))).isEqualTo(Path.of("deep"));
    assertThat(Files.getLastModifiedTime(out.resolve("script"))).isEqualTo(TarGzFile.TIME);
  }

  private Path pack(String name) throws Exception {
    Path file = home.resolve(name);
    try (TarGzFile tar = new TarGzFile(file)) {
      tar.directory("out");
      tar.executable("out/script", "#!/bin/sh".getBytes(StandardCharsets.UTF_8));
      tar.tree("out/tree", home.resolve("in"));
    }
    return file;
  }

  @Test
  void aNameThatDoesNotFit_isRefused() throws Exception {
    try (TarGzFile tar = new TarGzFile(home.resolve("x.tar.gz"))) {
      assertThatIOException()
          .isThrownBy(() -> tar.directory("n".repeat(120)))
          .withMessageContaining("too long a name");
    }
  }
}
