package dev.drover.site;

import java.lang.management.ManagementFactory;

/**
 * Prints what loading {@code local} costs a fresh JVM: time and classes, the first time and the
 * second. Run it with the flags of the {@code drover} command.
 */
public final class SiteLoadTime {
  private SiteLoadTime() {}

  public static void main(String[] arguments) {
    for (String turn : new String[] {"first", "second"}) {
      int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
      long start = System.nanoTime();
      Site site = new SiteReader(System.getenv()).read("local");
      long micros = (System.nanoTime() - start) / 1000;
      classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - classes;
      System.out.printf("%s load of %s: %d us, %d classes%n", turn, site.name(), micros, classes);
    }
  }
}
