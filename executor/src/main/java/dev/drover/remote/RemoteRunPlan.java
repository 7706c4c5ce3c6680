package dev.drover.remote;

import dev.drover.site.Site;
import dev.drover.site.SiteHeadNode;
import dev.drover.site.SiteKeys;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a run on a head node is made of.
 *
 * @param runs directory of run directories there; {@code ~/} is the home there
 * @param name of the run's directory in it
 * @param site text of its site file
 * @param java there; empty = one is looked for
 * @param runtime a tarball here of {@code drover bundle}, sent when no Java is found there; empty =
 *     none is sent
 * @param template of the job script, a file here that is sent; empty = the site needs none
 * @param words for {@code drover interchange}
 * @param worksInRun whether tasks that name no directory start in {@link #WORK} of the run there,
 *     where files were sent for them
 */
public record RemoteRunPlan(
    String runs,
    String name,
    String site,
    String java,
    Optional<Path> runtime,
    Optional<Path> template,
    List<String> words,
    boolean worksInRun) {
  /** The directory of sent files in a run directory there. */
  public static final String WORK = "work";

  public RemoteRunPlan {
    Objects.requireNonNull(runs);
    Objects.requireNonNull(site);
    Objects.requireNonNull(java);
    Objects.requireNonNull(runtime);
    Objects.requireNonNull(template);
    words = List.copyOf(words);
    if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a run directory");
    }
  }

  /**
   * Of a site, as it is resolved here; there, its head node is the machine itself.
   *
   * @param packed whether what tasks write goes into few files
   * @param worksInRun whether files were sent for the tasks
   */
  public static RemoteRunPlan of(Site site, String name, boolean packed, boolean worksInRun) {
    return new RemoteRunPlan(
        site.get(SiteKeys.HEADNODE_RUNS),
        name,
        site.describe()
            .lines()
            .filter(line -> !line.startsWith("headnode."))
            .collect(Collectors.joining("\n", "", "\n")),
        site.get(SiteKeys.EXECUTOR_JAVA).orElse(""),
        SiteHeadNode.runtime(site),
        site.get(SiteKeys.TEMPLATE_FILE).map(Path::of),
        packed ? List.of("--packed") : List.of(),
        worksInRun);
  }
}
