package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.process.SkipAloud;
import dev.drover.task.ClasspathEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClasspathStoreTest {
  private static final byte[] CONTENT = "a jar's bytes".getBytes(StandardCharsets.UTF_8);

  @TempDir Path temp;
  private Path cache;
  private ClasspathStore store;

  @BeforeEach
  void makeStore() throws IOException {
    cache = temp.resolve("deep/cache");
    store = new ClasspathStore(cache);
  }

  private static ClasspathEntry entry(String path) {
    String hash = HexFormat.of().formatHex(FileHashes.newDigest().digest(CONTENT));
    return new ClasspathEntry(path, hash, CONTENT.length);
  }

  private void receive(ClasspathEntry entry) throws IOException {
    try (ClasspathStore.Incoming incoming = store.receive(entry)) {
      incoming.append(CONTENT, 0, 4);
      incoming.append(CONTENT, 4, CONTENT.length - 4);
      incoming.finish();
    }
  }

  @Test
  void aDirectoryOfAnotherUser_isRefused_sinceWhatLiesThereIsRun() throws IOException {
    SkipAloud.unless(
        System.getProperty("user.name").equals("root"),
        "only root can give a directory away, so no jar cache was another user's");
    Path foreign =
        Files.createDirectory(
            temp.resolve("foreign"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setAttribute(foreign, "unix:uid", 65534);
    assertThatThrownBy(() -> new ClasspathStore(foreign))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(foreign + " is another user's");
  }

  @Test
  void aFileOfTheSameContent_isUsedInPlace() throws IOException {
    Path jar = Files.write(temp.resolve("a.jar"), CONTENT);
    assertThat(store.locate(entry(jar.toString()))).contains(jar);
  }

  @Test
  void aFileOfOtherContentAndTheSameSize_isMissing_alsoAfterItWasKnown() throws IOException {
    Path jar = Files.write(temp.resolve("a.jar"), CONTENT);
    assertThat(store.missing(List.of(entry(jar.toString())))).isEmpty();
    Files.delete(jar);
    byte[] other = CONTENT.clone();
    other[0]++;
    Files.write(jar, other);
    Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(1));
    assertThat(store.missing(List.of(entry(jar.toString())))).hasSize(1);
  }

  @Test
  void aReceivedJar_isKeptUnderItsHash() throws IOException {
    ClasspathEntry entry = entry("/not/here.jar");
    assertThat(store.missing(List.of(entry))).containsExactly(entry);
    receive(entry);
    receive(entry); // another manager did the same
    assertThat(store.locateAll(List.of(entry)))
        .containsExactly(cache.resolve(entry.sha256() + ".jar"));
    assertThat(cache).isDirectoryNotContaining("glob:**.part");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
  }

  @Test
  void contentThatIsNotTheAnnounced_isRefusedAndLeavesNothing() throws IOException {
    ClasspathEntry entry = entry("/not/here.jar");
    try (ClasspathStore.Incoming incoming = store.receive(entry)) {
      incoming.append(new byte[CONTENT.length], 0, CONTENT.length);
      assertThatThrownBy(incoming::finish).hasMessageContaining("submit again");
    }
    assertThat(cache).isEmptyDirectory();
  }

  @Test
  void aCachedJarThatWasDamaged_isMissing() throws IOException {
    ClasspathEntry entry = entry("/not/here.jar");
    receive(entry);
    Files.write(cache.resolve(entry.sha256() + ".jar"), new byte[CONTENT.length]);
    assertThat(new ClasspathStore(cache).missing(List.of(entry))).hasSize(1);
  }

  @Test
  void aCacheOpenToOthers_isRefused() throws IOException {
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> new ClasspathStore(cache)).hasMessageContaining("chmod 700");
  }
}
