package dev.drover.cli.bundle;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover bundle}: this Drover and a Java runtime in one tarball. */
@Command(
    name = "bundle",
    sortOptions = false,
    description = {
      "Pack this Drover, with a Java runtime made of the JDK that runs it, for machines without Java.",
      "",
      "Unpack the tarball where all nodes see it, and run the drover in it; or name the tarball by "
          + "headnode.runtime, and it is sent to a head node behind SSH that has no Java of version 17. "
          + "It runs on Linux machines of this architecture whose C library is not older than the JDK's.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  drover bundle",
      "  drover bundle --output ~/drover-bundle.tar.gz",
      "  JAVA_HOME=~/temurin-17 drover bundle    for a C library that is older than this machine's"
    })
public final class BundleCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      order = 1,
      description =
          "Where the tarball goes (default: drover-<version>-linux-<architecture>.tar.gz); replaced when it "
              + "is whole.")
  private Path output;

  @Option(
      names = "--add-modules",
      paramLabel = "MODULE",
      split = ",",
      order = 2,
      description =
          "Modules of the JDK that Java tasks use beyond Java SE, such as jdk.incubator.vector; repeatable.")
  private List<String> modules = List.of();

  public BundleCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String architecture = RuntimeImage.architecture();
    Path jar =
        OneJar.ofThisProcess()
            .orElseThrow(
                () ->
                    StopException.infrastructure(
                        "this drover does not run from one jar, which a bundle holds\n  fix: use the drover command as it is built",
                        null));
    String name = "drover-" + version() + "-linux-" + architecture;
    Path tarball = (output == null ? Path.of(name + ".tar.gz") : output).toAbsolutePath();
    if (!Files.isDirectory(tarball.getParent())) {
      throw StopException.usage(
          "there is no directory " + tarball.getParent() + "\n  fix: make it, or name another");
    }
    console
        .err()
        .printf(
            "drover: linking a runtime of Java %s (%s) …%n",
            Runtime.version().feature(), System.getProperty("java.home"));
    try {
      String glibc = pack(name, jar, tarball);
      tell(name, tarball, architecture, glibc);
      return ExitCode.DONE.status();
    } catch (IOException e) {
      throw StopException.infrastructure(
          "cannot write %s: %s%n  fix: make room (df -h; it needs some 200 MB while it is made), or name another place by --output"
              .formatted(tarball, reason(e)),
          e);
    }
  }

  /** Afterwards the old file is there or the whole new one, and nothing else. */
  private String pack(String name, Path jar, Path tarball) throws IOException {
    Path work = Files.createTempDirectory(tarball.getParent(), ".drover-bundle-");
    try {
      Path runtime = work.resolve("runtime");
      RuntimeImage.link(runtime, modules);
      Path unfinished = work.resolve("tarball");
      try (TarGzFile tar = new TarGzFile(unfinished)) {
        tar.directory(name);
        tar.executable(name + "/drover", script());
        tar.directory(name + "/lib");
        tar.file(name + "/lib/drover.jar", jar);
        tar.tree(name + "/runtime", runtime);
      }
      Files.move(
          unfinished, tarball, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return RuntimeImage.neededGlibc(runtime);
    } finally {
      delete(work);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private void tell(String name, Path tarball, String architecture, String glibc)
      throws IOException {
    console
        .err()
        .printf(
            Locale.ROOT,
            """
            drover: wrote %s (%.1f MB), for Linux on %s with glibc %s or newer
              to install it:                           tar -xzf %s -C DIR && DIR/%s/drover --version
              to have it sent where there is no Java:  --set headnode.runtime=%s
            """,
            tarball,
            Files.size(tarball) / 1e6,
            architecture,
            glibc,
            tarball.getFileName(),
            name,
            tarball);
  }

  /** The one that starts this Drover too: the build puts it into the jar. */
  private static byte[] script() throws IOException {
    try (InputStream in = BundleCommand.class.getResourceAsStream("drover")) {
      return in.readAllBytes();
    }
  }

  private static String version() {
    String version = BundleCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  private static String reason(IOException problem) {
    return problem.getClass().getSimpleName() + ": " + problem.getMessage();
  }
}
