package dev.drover.cli.bundle;

import dev.drover.cli.console.StopException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Java runtime made by {@code jlink} of the JDK that runs this. */
final class RuntimeImage {
  /**
   * All of Java SE, since Java tasks may use any of it; elliptic curves and keys in hardware, which
   * TLS wants; what Drover's libraries use of the JDK beyond (JNA, Jackson, FreeMarker, zip files
   * as class paths); and {@code jcmd}, which asks a process that hangs.
   */
  static final List<String> MODULES =
      List.of(
          "java.se",
          "jdk.crypto.cryptoki",
          "jdk.crypto.ec",
          "jdk.jcmd",
          "jdk.jfr",
          "jdk.management",
          "jdk.net",
          "jdk.unsupported",
          "jdk.zipfs");

  private static final Pattern GLIBC = Pattern.compile("GLIBC_2\\.([0-9]+)");
  private static final long LONGEST_DUMP_SECONDS = 120;

  private RuntimeImage() {}

  /**
   * The word of {@code uname -m} for this machine, for which runtimes are made.
   *
   * @throws StopException on another system than Linux
   */
  static String architecture() {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw StopException.infrastructure(
          "a bundle made here would run on "
              + system
              + " only\n  fix: make it on a Linux machine of the cluster's architecture",
          null);
    }
    String architecture = System.getProperty("os.arch");
    return architecture.equals("amd64") ? "x86_64" : architecture;
  }

  /**
   * Links a runtime into a new directory.
   *
   * @param more modules beyond {@link #MODULES}
   * @throws StopException where this JDK cannot link
   * @throws IOException when the directory cannot be written
   */
  static void link(Path directory, List<String> more) throws IOException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(
                () ->
                    StopException.infrastructure(
                        "%s is a Java without jlink, which makes runtimes%n  fix: install a whole JDK (Debian: openjdk-17-jdk-headless), load its module, or set JAVA_HOME to one"
                            .formatted(System.getProperty("java.home")),
                        null));
    List<String> modules = new ArrayList<>(MODULES);
    modules.addAll(more);
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    // Not compressed: the tarball is smaller so, and classes load sooner.
    int exit =
        jlink.run(
            out,
            out,
            "--add-modules",
            String.join(",", modules),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            directory.toString());
    if (exit != 0) {
      throw StopException.infrastructure(
          "jlink of %s made no runtime (exit %d): %s%n  fix: %s"
              .formatted(
                  System.getProperty("java.home"),
                  exit,
                  said.toString()
                      .lines()
                      .filter(line -> !line.startsWith("\tat "))
                      .distinct()
                      .collect(Collectors.joining("\n")),
                  "take a JDK that has the modules %s, or make room for some 150 MB in %s"
                      .formatted(String.join(", ", modules), directory.getParent().getParent())),
          null);
    }
    archiveClasses(directory);
  }

  /**
   * The JDK's classes as the JVM keeps them in memory halve its start. The archive holds only for a
   * module file of the time that it had. Without it all works too.
   */
  private static void archiveClasses(Path directory) throws IOException {
    Files.setLastModifiedTime(directory.resolve("lib/modules"), TarGzFile.TIME);
    Process dump =
        new ProcessBuilder(directory.resolve("bin/java").toString(), "-Xmx128m", "-Xshare:dump")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!dump.waitFor(LONGEST_DUMP_SECONDS, TimeUnit.SECONDS)) {
        dump.destroyForcibly();
      }
    } catch (InterruptedException e) {
      dump.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The oldest C library that its programs accept, such as {@code 2.17}. */
  static String neededGlibc(Path directory) throws IOException {
    List<Path> programs;
    try (Stream<Path> files = Files.walk(directory)) {
      programs = files.filter(RuntimeImage::isProgram).toList();
    }
    int newest = 0;
    for (Path program : programs) {
      Matcher names = GLIBC.matcher(Files.readString(program, StandardCharsets.ISO_8859_1));
      while (names.find()) {
        newest = Math.max(newest, Integer.parseInt(names.group(1)));
      }
    }
    return "2." + newest;
  }

  private static boolean isProgram(Path file) {
    return file.endsWith("bin/java") || file.toString().endsWith(".so");
  }
}
