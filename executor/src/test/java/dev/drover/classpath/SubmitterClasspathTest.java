package dev.drover.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.ClasspathId;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitterClasspathTest {
  @TempDir Path temp;
  private Path packs;

  @BeforeEach
  void namePackDirectory() {
    packs = temp.resolve("packs");
  }

  private Path jar(String name, String classPath, String... files) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    if (classPath != null) {
      manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    }
    Path jar = temp.resolve(name);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest)) {
      for (String file : files) {
        zip.putNextEntry(new JarEntry(file));
        zip.write(file.getBytes());
      }
    }
    return jar;
  }

  private Classpath of(Path... files) {
    return SubmitterClasspath.ofFiles(List.of(files), Set.of(), packs).get();
  }

  /** "." on the class path, and runs in it. */
  @Test
  void aDirectoryOfClasses_isPackedWithoutTheRunsInIt() throws IOException {
    Path classes = Files.createDirectories(temp.resolve("classes/a")).getParent();
    Files.writeString(classes.resolve("a/B.class"), "b");
    Path run = Files.createDirectories(classes.resolve("drover-runs/one/keys")).getParent();
    Files.writeString(run.resolve("lock"), "");
    Files.writeString(run.resolve("keys/secret"), "s");
    Files.writeString(Files.createDirectory(classes.resolve(".git")).resolve("HEAD"), "h");

    Path packed = Path.of(of(classes).entries().get(0).path());

    try (JarFile jar = new JarFile(packed.toFile())) {
      assertThat(jar.stream().map(JarEntry::getName)).containsExactly("a/B.class");
    }
  }

  private static List<String> namesOf(Classpath classpath) {
    return classpath.entries().stream()
        .map(entry -> Path.of(entry.path()).getFileName().toString())
        .toList();
  }

  @Test
  void theRunningJvmsClassPath_holdsThisTest_alsoUnderAManifestOnlyJar() throws Exception {
    SubmitterClasspath classpath =
        SubmitterClasspath.of(getClass().getClassLoader(), Set.of(), packs);
    boolean found = false;
    for (ClasspathEntry entry : classpath.get().entries()) {
      try (JarFile jar = new JarFile(entry.path())) {
        found |= jar.getEntry(getClass().getName().replace('.', '/') + ".class") != null;
      }
    }
    assertThat(found).isTrue();
    assertThat(classpath.get()).isSameAs(classpath.get());
    assertThat(namesOf(classpath.get())).anyMatch(name -> name.startsWith("assertj-core"));
  }

  @Test
  void manifestClassPaths_areFollowed_andMissingEntriesSkipped() throws Exception {
    jar("b.jar", "app.jar", "b/B.class");
    Path app = jar("app.jar", "b.jar gone.jar", "a/A.class");
    assertThat(namesOf(of(app))).containsExactly("app.jar", "b.jar");
  }

  @Test
  void aJarThatOnlyNamesOthers_isLeftOut() throws Exception {
    Path b = jar("b.jar", null, "b/B.class");
    assertThat(namesOf(of(jar("booter.jar", b.toUri() + " booter.jar")))).containsExactly("b.jar");
  }

  @Test
  void jarsThatWorkersHave_areLeftOut_andWithoutEntriesThereIsNoClasspath() throws Exception {
    Path b = jar("b.jar", null, "b/B.class");
    String hash = new FileHashes().of(b);
    Classpath classpath = SubmitterClasspath.ofFiles(List.of(b), Set.of(hash), packs).get();
    assertThat(classpath.entries()).isEmpty();
    assertThat(classpath.id()).isEqualTo(ClasspathId.NONE);
  }

  @Test
  void directoriesOfTheSameContent_haveTheSameHash_andAChangeIsNoticed() throws Exception {
    Path one = Files.createDirectories(temp.resolve("one/p"));
    Path two = Files.createDirectories(temp.resolve("two/p"));
    Files.writeString(one.resolve("X.class"), "x");
    Files.setLastModifiedTime(
        Files.writeString(two.resolve("X.class"), "x"), FileTime.fromMillis(1));
    Classpath first = of(one.getParent());
    assertThat(of(two.getParent()).id()).isEqualTo(first.id());
    assertThat(of(one.getParent())).isEqualTo(first);
    Files.writeString(one.resolve("X.class"), "other");
    assertThat(of(one.getParent()).id()).isNotEqualTo(first.id());
  }

  @Test
  void aUrlClassLoadersJars_areFoundBesideTheJvms() throws Exception {
    Path b = jar("b.jar", null, "b/B.class");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {b.toUri().toURL()}, null)) {
      assertThat(namesOf(SubmitterClasspath.of(loader, Set.of(), packs).get()))
          .containsExactly("b.jar");
    }
  }

  @Test
  void aGivenJarThatIsNotThere_isAnErrorAtOnce() {
    assertThatThrownBy(() -> of(temp.resolve("none.jar"))).hasMessageContaining("none.jar");
  }
}
