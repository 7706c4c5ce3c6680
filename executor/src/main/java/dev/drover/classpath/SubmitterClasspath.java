package dev.drover.classpath;

import dev.drover.task.ClasspathEntry;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The classes that the submitting JVM runs with, as jars for the nodes. Found, packed and hashed
 * once, at the first {@link #get}; jars changed afterwards are not noticed.
 *
 * <p>Manifest class paths are followed, directories of classes packed, missing entries skipped.
 * Left out are the jars whose hash is among those that every worker runs with. A worker shows
 * functions only the {@code dev.drover} classes of these, so a jar that holds other people's
 * libraries too should be left out only if no function needs them. Jars nested in jars are not
 * seen.
 */
public final class SubmitterClasspath {
  private final Source source;
  private final Set<String> ofWorkers;
  private final DirectoryPacker packer;
  private Classpath resolved;

  private SubmitterClasspath(Source source, Set<String> ofWorkers, Path packDirectory) {
    this.source = source;
    this.ofWorkers = Set.copyOf(ofWorkers);
    this.packer = new DirectoryPacker(packDirectory.toAbsolutePath());
  }

  /**
   * What {@code loader} and its parents load from.
   *
   * @param ofWorkers SHA-256 hashes, lower-case hex, of the jars that workers run with anyway
   * @param packDirectory where packed directories are kept; when nodes see it at the same path,
   *     they are used from there without being sent
   */
  public static SubmitterClasspath of(
      ClassLoader loader, Set<String> ofWorkers, Path packDirectory) {
    return new SubmitterClasspath(() -> ClasspathScan.of(loader), ofWorkers, packDirectory);
  }

  /**
   * Exactly these jars and directories, and what their manifests name.
   *
   * @throws IllegalArgumentException when one is not there, since the user named it
   */
  public static SubmitterClasspath ofFiles(
      List<Path> files, Set<String> ofWorkers, Path packDirectory) {
    List<Path> given = List.copyOf(files);
    List<Path> missing = given.stream().filter(file -> !Files.exists(file)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("no such jar or directory: " + missing);
    }
    return new SubmitterClasspath(() -> ClasspathScan.of(given), ofWorkers, packDirectory);
  }

  /**
   * The classpath; the first call reads all jars, later ones return the same object.
   *
   * @throws UncheckedIOException when a file cannot be read or the pack directory not be written
   */
  public synchronized Classpath get() {
    if (resolved == null) {
      try {
        resolved = Classpath.of(entriesOf(source.scan()));
      } catch (IOException e) {
        throw new UncheckedIOException("the class path could not be read: " + e.getMessage(), e);
      }
    }
    return resolved;
  }

  /**
   * Begins the first {@link #get} on a thread of its own, so that the first submit need not wait.
   */
  public void prepare() {
    Thread thread = new Thread(this::prepareNow, "drover-classpath");
    thread.setDaemon(true);
    thread.start();
  }

  private void prepareNow() {
    try {
      get();
    } catch (UncheckedIOException e) {
      return; // the submit that needs it meets the same error, and can report it
    }
  }

  private List<ClasspathEntry> entriesOf(Collection<Path> paths) throws IOException {
    FileHashes hashes = new FileHashes();
    List<ClasspathEntry> entries = new ArrayList<>();
    for (Path path : paths) {
      Path jar = Files.isDirectory(path) ? packer.pack(path) : path;
      String hash = hashes.of(jar);
      if (!ofWorkers.contains(hash)) {
        entries.add(new ClasspathEntry(jar.toString(), hash, Files.size(jar)));
      }
    }
    return entries;
  }

  /** Where the paths come from. */
  private interface Source {
    Collection<Path> scan() throws IOException;
  }
}
