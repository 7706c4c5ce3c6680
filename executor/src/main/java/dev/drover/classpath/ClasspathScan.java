package dev.drover.classpath;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/** Finds the jars and directories that a JVM loads its classes from. */
final class ClasspathScan {
  private final Set<Path> found = new LinkedHashSet<>();
  private final Set<Path> jarsRead = new HashSet<>();

  private ClasspathScan() {}

  /** What {@code loader} and its parents search, parents first. */
  static Collection<Path> of(ClassLoader loader) throws IOException {
    Deque<ClassLoader> chain = new ArrayDeque<>();
    for (ClassLoader next = loader; next != null; next = next.getParent()) {
      chain.push(next);
    }
    ClasspathScan scan = new ClasspathScan();
    for (ClassLoader next : chain) {
      if (next == ClassLoader.getSystemClassLoader()) {
        scan.addJvm();
      } else if (next instanceof URLClassLoader byUrl) {
        for (URL url : byUrl.getURLs()) {
          scan.addUrl(url.toString(), null);
        }
      }
    }
    return scan.found;
  }

  /** The given files and what their manifests name. */
  static Collection<Path> of(List<Path> given) throws IOException {
    ClasspathScan scan = new ClasspathScan();
    for (Path path : given) {
      scan.add(path);
    }
    return scan.found;
  }

  private void addJvm() throws IOException {
    addList(System.getProperty("java.class.path", ""));
    for (String path : System.getProperty("jdk.module.path", "").split(File.pathSeparator)) {
      if (!path.isEmpty()) {
        addModules(Path.of(path));
      }
    }
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("-javaagent:")) {
        add(Path.of(argument.substring("-javaagent:".length()).split("=", 2)[0]));
      }
    }
  }

  private void addList(String classPath) throws IOException {
    for (String path : classPath.split(File.pathSeparator)) {
      if (!path.isEmpty()) {
        add(Path.of(path));
      }
    }
  }

  private void addModules(Path path) throws IOException {
    if (!Files.isDirectory(path) || Files.exists(path.resolve("module-info.class"))) {
      add(path);
      return;
    }
    try (Stream<Path> modules = Files.list(path)) {
      for (Path module : modules.sorted().toList()) {
        add(module);
      }
    }
  }

  /** A missing one is skipped, as the JVM does. */
  private void add(Path given) throws IOException {
    Path path = given.toAbsolutePath().normalize();
    if (Files.isDirectory(path)) {
      found.add(path);
    } else if (Files.isRegularFile(path) && jarsRead.add(path)) {
      addJar(path);
    }
  }

  private void addJar(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile(), false)) {
      Manifest manifest = jar.getManifest();
      String named =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      // A jar with a class path and no content is only a way around the length of a command line.
      boolean onlyNames =
          named != null && jar.stream().allMatch(e -> e.getName().startsWith("META-INF/"));
      if (!onlyNames) {
        found.add(path);
      }
      if (named != null) {
        for (String url : named.trim().split("\\s+")) {
          addUrl(url, path.toUri());
        }
      }
    } catch (ZipException e) {
      return; // no jar: the JVM finds no class in it either
    }
  }

  private void addUrl(String url, URI base) throws IOException {
    Optional<Path> file = fileOf(url, base);
    if (file.isPresent()) {
      add(file.get());
    }
  }

  private static Optional<Path> fileOf(String url, URI base) {
    try {
      URI uri = new URI(url);
      URI absolute = base == null ? uri : base.resolve(uri);
      return "file".equals(absolute.getScheme())
          ? Optional.of(Path.of(absolute.getPath()))
          : Optional.empty();
    } catch (URISyntaxException | InvalidPathException e) {
      return Optional.empty();
    }
  }
}
