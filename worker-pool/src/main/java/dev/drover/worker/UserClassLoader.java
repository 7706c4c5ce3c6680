package dev.drover.worker;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the user's classes: the JDK first, then {@code dev.drover.*} as the worker has it, then the
 * user's jars in their order.
 *
 * <p>Plain parent-first would hand the user Drover's own jeromq, msgpack, jna and slf4j instead of
 * the versions that the user ships and tested with. Plain child-first would load {@code RemoteCall}
 * a second time from a user's fat jar, and a function would no longer be a {@code RemoteCall} to
 * the worker. So the parent shows only the names that both sides must agree on. All of {@code
 * dev.drover} is among them, since a lambda's class is often the main class, which also names
 * executors in its methods; what the worker lacks of it is looked for in the user's jars. slf4j is
 * not: a logging backend that the user ships needs the slf4j that it was shipped with.
 */
public final class UserClassLoader extends URLClassLoader {
  private final List<Path> jars;

  static {
    registerAsParallelCapable();
  }

  /** Searches {@code jars} beside the JDK and the Drover that this class was loaded with. */
  public UserClassLoader(List<Path> jars) {
    super("user", urls(jars), new DroverOnlyLoader(UserClassLoader.class.getClassLoader()));
    this.jars = List.copyOf(jars);
  }

  /** What it searches, in order. */
  public List<Path> jars() {
    return jars;
  }

  private static URL[] urls(List<Path> jars) {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = jars.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException("not a file: " + jars.get(i), e);
      }
    }
    return urls;
  }
}
