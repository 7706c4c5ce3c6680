package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.ClasspathId;
import dev.drover.task.RemoteCall;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserClassLoaderTest {
  @TempDir Path temp;

  @Test
  void theUsersVersionOfALibrary_winsOverDroversOwn() throws Exception {
    Path jar =
        Jars.compile(
            temp,
            "jeromq.jar",
            List.of(),
            "org.zeromq.ZMQ",
            "package org.zeromq; public class ZMQ { public static String version() { return"
                + " \"theirs\"; } }");
    try (UserClassLoader loader = new UserClassLoader(List.of(jar))) {
      Class<?> theirs = loader.loadClass("org.zeromq.ZMQ");
      assertThat(theirs.getMethod("version").invoke(null)).isEqualTo("theirs");
      assertThat(theirs).isNotSameAs(Class.forName("org.zeromq.ZMQ"));
    }
  }

  @Test
  void droversLibraries_areNotVisible_butItsOwnClassesAre() throws Exception {
    try (UserClassLoader loader = new UserClassLoader(List.of())) {
      assertThat(loader.loadClass(RemoteCall.class.getName())).isSameAs(RemoteCall.class);
      assertThat(loader.loadClass(TaskContext.class.getName())).isSameAs(TaskContext.class);
      assertThatThrownBy(() -> loader.loadClass("org.slf4j.Logger"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThat(loader.loadClass("java.sql.Connection").getName()).startsWith("java.sql");
    }
  }

  @Test
  void aClasspathNotDefinedBefore_isAnError_andADefinedOneKeepsItsLoader() {
    UserClassLoaders loaders = new UserClassLoaders();
    ClasspathId id = new ClasspathId("abc");
    assertThatThrownBy(() -> loaders.of(id)).hasMessageContaining("abc");
    loaders.define(id, List.of());
    ClassLoader first = loaders.of(id);
    loaders.define(id, List.of(temp));
    assertThat(loaders.of(id)).isSameAs(first);
    assertThat(loaders.of(ClasspathId.NONE)).isNotNull();
  }
}
