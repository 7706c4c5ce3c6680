package dev.drover.provider.ssh;

import static java.util.Objects.requireNonNull;

import dev.drover.job.JobId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a block is on one of its hosts.
 *
 * @param host by its name
 * @param job the local job there
 * @param directory of that job; empty if this process never heard of it
 */
record BlockPart(String host, JobId job, Optional<Path> directory) {
  private static final Pattern ID = Pattern.compile("(?<host>[^/,;\\s]+)/(?<job>[0-9]+-[0-9]+)");

  BlockPart {
    requireNonNull(host, "host");
    requireNonNull(job, "job");
    requireNonNull(directory, "directory");
  }

  /** The id of a block of these parts, by which a later process finds them again. */
  static JobId blockId(List<BlockPart> parts) {
    return new JobId(
        parts.stream()
            .map(part -> part.host() + "/" + part.job())
            .collect(Collectors.joining(",")));
  }

  /** The parts of a block by its id; empty if that is not of this provider's making. */
  static List<BlockPart> of(JobId block, Optional<Path> directory) {
    String[] entries = block.value().split(",", -1);
    List<BlockPart> parts = new ArrayList<>();
    for (String entry : entries) {
      Matcher id = ID.matcher(entry);
      if (!id.matches()) {
        return List.of();
      }
      String host = id.group("host");
      int place = parts.size();
      parts.add(
          new BlockPart(
              host,
              new JobId(id.group("job")),
              directory.map(files -> directory(files, place, host, entries.length))));
    }
    return List.copyOf(parts);
  }

  /**
   * Where a part's files lie: in the block's own directory, unless it has several hosts.
   *
   * @param place of the host in the block, from 0
   */
  static Path directory(Path block, int place, String host, int hosts) {
    return hosts == 1
        ? block
        : block.resolve((place + 1) + "-" + host.replaceAll("[^A-Za-z0-9._-]", "-"));
  }
}
