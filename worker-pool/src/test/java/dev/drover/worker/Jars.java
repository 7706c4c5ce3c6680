package dev.drover.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles source text into real jars. */
final class Jars {
  private Jars() {}

  /** A jar of classes; {@code sources} are pairs of a class's full name and its text. */
  static Path compile(Path directory, String jarName, List<Path> classPath, String... sources)
      throws IOException {
    Path root = Files.createTempDirectory(directory, "compile");
    Path classes = Files.createDirectory(root.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none"));
    List<String> searched = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    classPath.forEach(path -> searched.add(path.toString()));
    arguments.addAll(List.of("-cp", String.join(":", searched)));
    for (int i = 0; i < sources.length; i += 2) {
      Path file = root.resolve(sources[i].replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, sources[i + 1]).toString());
    }
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (failed != 0) {
      throw new IOException("the test's source does not compile");
    }
    Path jar = directory.resolve(jarName);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
    return jar;
  }
}
