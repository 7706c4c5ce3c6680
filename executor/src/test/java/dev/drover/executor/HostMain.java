package dev.drover.executor;

import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
import dev.drover.site.SiteReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An interchange host in a process of its own. Arguments: run directory, settings of the site. */
final class HostMain {
  private HostMain() {}

  static Process start(Path run, Path out, String... settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            HostMain.class.getName(),
            run.toString()));
    command.addAll(List.of(settings));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .start();
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    List<String> settings = List.of(args).subList(1, args.length);
    try (RunDirectory run = RunDirectory.openOrCreate(directory);
        InterchangeHost host =
            InterchangeHost.start(
                run,
                new SiteReader(Map.of()).read("local", List.of(), settings),
                directory.getParent(),
                OutputMode.PACKED,
                "test")) {
      System.out.println("ready " + host.port());
      host.awaitEnd();
      System.out.println("over");
    }
  }
}
