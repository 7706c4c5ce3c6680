package dev.drover.worker;

import dev.drover.task.ClasspathId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One {@link UserClassLoader} for each classpath that this JVM was told of. Any thread may ask. */
public final class UserClassLoaders {
  private final Map<ClasspathId, ClassLoader> loaders = new ConcurrentHashMap<>();

  public UserClassLoaders() {
    define(ClasspathId.NONE, List.of());
  }

  /** Says which verified jars a classpath is made of; the first word about an id holds. */
  public void define(ClasspathId id, List<Path> jars) {
    loaders.computeIfAbsent(id, unknown -> new UserClassLoader(jars));
  }

  /**
   * The classpath's loader, always the same.
   *
   * @throws IllegalStateException when the classpath was not defined before
   */
  public ClassLoader of(ClasspathId id) {
    ClassLoader loader = loaders.get(id);
    if (loader == null) {
      throw new IllegalStateException(
          "the worker was not told the jars of classpath " + id.hash() + " before its first task");
    }
    return loader;
  }
}
