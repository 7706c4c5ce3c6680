package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.FileMode;
import dev.drover.headnode.SshHeadNode;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The Java of a {@code drover bundle} on a head node that has none: sent and unpacked once for each
 * content, below {@code ~/.cache/drover/}, where nodes that share the home see it too. One thread
 * at a time.
 */
final class SentRuntime {
  /** Home directories may be slow with many small files. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int NOT_THERE = 4;

  private final SshHeadNode node;
  private final PlacesThere places;
  private final Path bundle;
  private final Consumer<String> notes;

  /**
   * @param bundle the tarball here
   * @param notes told that it is sent, which takes a while
   */
  SentRuntime(SshHeadNode node, PlacesThere places, Path bundle, Consumer<String> notes) {
    this.node = node;
    this.places = places;
    this.bundle = bundle;
    this.notes = notes;
  }

  /**
   * Makes sure that it is there and runs there.
   *
   * @return its java program there
   * @throws IOException when it cannot be sent, unpacked or run, saying the mend; nothing of it is
   *     left there then
   */
  Path java() throws IOException {
    if (!Files.isRegularFile(bundle)) {
      throw new IOException(
          "no Java of version 17 or newer is on %s, and headnode.runtime is no file here: %s%n  fix:     make it: drover bundle --output %s"
              .formatted(node.host(), bundle, bundle));
    }
    String name = "runtime-" + new FileHashes().of(bundle).substring(0, 16);
    Path directory = places.home().resolve(".cache/drover").resolve(name);
    Path tarball = directory.resolveSibling(name + ".tar.gz");
    CommandResult result = script(directory, tarball);
    if (result.exitCode() == NOT_THERE) {
      notes.accept(
          String.format(
              Locale.ROOT,
              "no Java of version 17 or newer is on %s: sending %s there, once (%.1f MB) …",
              node.host(),
              bundle.getFileName(),
              Files.size(bundle) / 1e6));
      node.send(bundle, tarball, FileMode.PRIVATE);
      result = script(directory, tarball);
    }
    if (!result.succeeded()) {
      throw failure(result, directory);
    }
    return directory.resolve("runtime/bin/java");
  }

  private CommandResult script(Path directory, Path tarball) throws IOException {
    return node.run(
        Command.of(
            LONGEST,
            List.of(
                "sh",
                "-c",
                RemoteRunFiles.script("runtime.sh"),
                "runtime",
                directory.toString(),
                tarball.toString())));
  }

  private IOException failure(CommandResult result, Path directory) {
    String what =
        switch (result.exitCode()) {
          case 7 -> "it is no bundle of Drover";
          case 8 -> "its Java does not run there";
          default -> "it cannot be unpacked in " + directory.getParent();
        };
    String mend =
        switch (result.exitCode()) {
          case 7 -> "set headnode.runtime to what drover bundle made";
          case 8 ->
              "make the bundle on a machine of that architecture, by a JDK for C libraries as old as that one (Eclipse Temurin is: JAVA_HOME=… drover bundle)";
          default ->
              "make room there (df -h, and your quota; it needs some 160 MB while it is unpacked); if the tarball is cut short, make it again";
        };
    return new IOException(
        "no Java of version 17 or newer is on %s, and %s was sent: %s: %s%n  fix:     %s"
            .formatted(
                node.host(),
                bundle,
                what,
                result.timedOut() ? "no end in time" : result.stderr().strip(),
                mend));
  }
}
