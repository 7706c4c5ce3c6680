package dev.drover.remote;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import dev.drover.journal.RunOverview;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder of run directories on a head node, which may be this machine. One shell command there
 * looks at all of them, with {@code grep}; no Java is needed. One thread at a time.
 */
public final class RunFolder {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** After these no more tasks are counted; what else there is to tell is told. */
  private static final Duration COUNTING = Duration.ofSeconds(40);

  private final HeadNode node;
  private final String written;
  private final PlacesThere places;

  /**
   * What was found.
   *
   * @param folder absolute
   * @param host as it calls itself
   * @param now by its clock
   * @param exists whether there is such a folder
   * @param runs the one that was used last first
   */
  public record Listing(
      Path folder, String host, Instant now, boolean exists, List<RunOverview> runs) {
    public Listing {
      runs = List.copyOf(runs);
    }
  }

  /**
   * A folder.
   *
   * @param folder its path there; {@code ~/} is the home there
   */
  public RunFolder(HeadNode node, String folder) {
    this.node = node;
    this.written = folder;
    this.places = new PlacesThere(node);
  }

  /**
   * Looks at all runs in it.
   *
   * @throws IOException when they cannot be looked at, saying why
   */
  public Listing list() throws IOException {
    Path folder = places.of(written);
    CommandResult result =
        node.run(
            Command.of(
                LONGEST,
                List.of(
                    "sh",
                    "-c",
                    RemoteRunFiles.script("began.sh", "runs.sh"),
                    "runs",
                    Long.toString(COUNTING.toSeconds()),
                    folder.toString())));
    List<String> lines = List.of(result.stdout().split("\n"));
    if (!lines.get(lines.size() - 1).equals("end")) {
      throw new IOException(
          "the runs in %s on %s cannot be looked at: %s%n  fix:     look there how its file system does, and try again"
              .formatted(
                  folder,
                  node.host(),
                  result.timedOut()
                      ? "no end in " + LONGEST.toSeconds() + " s"
                      : result.stderr().isBlank() ? result : result.stderr().strip()));
    }
    if (!lines.get(0).startsWith("begin ")) {
      throw new IOException(
          "there are more runs in %s on %s than can be listed%n  fix:     remove old ones"
              .formatted(folder, node.host()));
    }
    return read(folder, lines);
  }

  private Listing read(Path folder, List<String> lines) throws IOException {
    String[] begin = lines.get(0).split(" ");
    List<RunOverview> runs = new ArrayList<>();
    Optional<String> name = Optional.empty();
    Map<String, String> facts = new HashMap<>();
    Iterator<String> each = lines.subList(1, lines.size()).iterator();
    while (each.hasNext()) {
      String line = each.next();
      int blank = line.indexOf(' ');
      String word = blank < 0 ? line : line.substring(0, blank);
      if (word.equals("run") || word.equals("end")) {
        name.ifPresent(it -> runs.add(RunOverview.of(it, facts, begin[1])));
        facts.clear();
        name = Optional.of(line.substring(blank + 1));
      } else {
        facts.put(word, blank < 0 ? "" : line.substring(blank + 1));
      }
      if (word.equals("denied") && name.isEmpty()) {
        throw new IOException(
            "the runs in %s on %s cannot be looked at: permission denied%n  fix:     ask as the user whose runs they are"
                .formatted(folder, node.host()));
      }
    }
    boolean exists = !lines.get(1).equals("missing");
    return new Listing(
        folder, begin[1], Instant.ofEpochSecond(Long.parseLong(begin[2])), exists, runs);
  }
}
