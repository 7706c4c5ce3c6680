package dev.drover.cli.real;

import java.util.ArrayList;
import java.util.List;

/** The lines of site files of tests. */
final class SiteLines {
  private static final List<String> SLURM =
      List.of(
          "site.name = test-slurm",
          "provider.type = slurm",
          "provider.walltime = 10m",
          "provider.poll-period = 1s",
          "provider.submit-interval = 0",
          "executor.address = 127.0.0.1");

  private SiteLines() {}

  /** Those of the real Slurm of the tests, with others over them. */
  static String[] ofSlurm(String... more) {
    return over(SLURM, more);
  }

  /** Lines with others over them: the last of a key stays. */
  static String[] over(List<String> lines, String... more) {
    List<String> all = new ArrayList<>(lines);
    for (String line : more) {
      String key = line.split(" = ")[0];
      all.removeIf(other -> other.startsWith(key + " "));
      all.add(line);
    }
    return all.toArray(String[]::new);
  }
}
