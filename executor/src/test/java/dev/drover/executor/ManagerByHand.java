package dev.drover.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts {@code drover worker-pool} as a user would who adds a node to a live run. */
final class ManagerByHand {
  private ManagerByHand() {}

  static Process start(TestRun run, String address, String... more) throws IOException {
    Path directory = run.executor.runDirectory();
    Path scratch = Files.createDirectories(run.home.resolve("scratch"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.drover.manager.WorkerPoolMain",
                "--address=" + address,
                "--port=" + run.executor.port(),
                "--keys=" + directory.resolve("keys"),
                "--run-dir=" + directory,
                "--working-dir=" + run.work,
                "--scratch=" + scratch,
                "--max-workers=1",
                "--kill-grace=1"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(run.home.resolve("manager-by-hand.err").toFile())
        .start();
  }
}
