package dev.drover.executor;

import dev.drover.manager.WorkerPoolArguments;
import dev.drover.manager.WorkerPoolOptions;
import dev.drover.template.ShellQuoting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts a manager on a node. */
final class ManagerCommand {
  private static final String MAIN_CLASS = "dev.drover.manager.WorkerPoolMain";
  private static final String PLACE = "{command}";

  private ManagerCommand() {}

  /**
   * The argv, wrapped as {@code executor.launch-command} says: with only {@code {command}} it is
   * the plain argv, otherwise a shell runs the text with the command in its place.
   */
  static List<String> of(SiteSettings site, WorkerPoolOptions options) {
    List<String> command = new ArrayList<>();
    command.add(site.java());
    // Small: a node has better uses for its memory. C2 stays, since AES without it crawls. Large
    // payloads are held until their task ends: young collections would copy them.
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-XX:PretenureSizeThreshold=300k",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=64m",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.net.preferIPv4Stack=true"));
    String classpath = System.getProperty("java.class.path");
    Path archive = Path.of(classpath.replaceFirst("\\.jar$", ".jsa"));
    if (classpath.endsWith(".jar") && archive.toFile().length() > 0) { // empty: none can be made
      command.add("-XX:SharedArchiveFile=" + archive);
      command.add("-Xlog:cds=off");
      command.add("-Xlog:cds+dynamic=off");
    }
    if (site.debug()) {
      command.add("-Ddrover.debug=true");
    }
    command.addAll(site.javaOptions());
    command.add("-cp");
    command.add(absolute(classpath));
    command.add(MAIN_CLASS);
    command.addAll(WorkerPoolArguments.write(options));
    if (site.launchCommand().strip().equals(PLACE)) {
      return command;
    }
    String text = site.launchCommand().replace(PLACE, ShellQuoting.quoteAll(command));
    return List.of("/bin/bash", "-c", text);
  }

  /** Nodes start in another directory. */
  private static String absolute(String classpath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classpath.split(":")) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath().toString());
      }
    }
    return String.join(":", entries);
  }
}
