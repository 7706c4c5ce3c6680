package dev.drover.site;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * Prints what finding and loading a site costs a fresh JVM: time and classes, the first time and
 * the second. Run it with the flags of the {@code drover} command; a name is the site to load.
 */
public final class SiteLoadTime {
  private SiteLoadTime() {}

  public static void main(String[] arguments) {
    String name = arguments.length > 0 ? arguments[0] : "local";
    var folders = SiteFolders.ofThisProcess(System.getenv());
    var detection = new SiteDetection(folders, System.getenv(), HostNames::ofThisMachine);
    for (String turn : new String[] {"first", "second"}) {
      measure(turn + " look for this machine's site", detection::find);
      measure(turn + " load of " + name, () -> SiteReader.ofThisProcess().read(name));
    }
  }

  private static void measure(String what, Supplier<?> work) {
    int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
    long start = System.nanoTime();
    long busy = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    work.get();
    busy = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - busy) / 1000;
    long micros = (System.nanoTime() - start) / 1000;
    classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - classes;
    System.out.printf("%s: %d us, %d of them busy, %d classes%n", what, micros, busy, classes);
  }
}
