package dev.drover.worker;

/**
 * The door between Drover's own classes and the user's: it lets through {@code dev.drover.*} and
 * nothing else of what Drover runs on.
 */
final class DroverOnlyLoader extends ClassLoader {
  private static final String OWN = "dev.drover.";

  private final ClassLoader drover;

  static {
    registerAsParallelCapable();
  }

  DroverOnlyLoader(ClassLoader drover) {
    super("drover", ClassLoader.getPlatformClassLoader());
    this.drover = drover;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(OWN)) {
      return drover.loadClass(name);
    }
    throw new ClassNotFoundException(name);
  }
}
