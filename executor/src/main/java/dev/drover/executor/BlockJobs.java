package dev.drover.executor;

import static java.util.Objects.requireNonNull;

import dev.drover.block.BlockId;
import dev.drover.interchange.InterchangeAddress;
import dev.drover.job.JobSpec;
import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
import dev.drover.provider.ProviderSettings;
import dev.drover.site.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the jobs of one run's blocks: the same ones for a run, and for those who only look at what
 * a run would submit. Safe on any thread.
 */
public final class BlockJobs {
  private final SiteSettings site;
  private final RunDirectory run;
  private final int port;
  private final OutputMode output;

  /**
   * @param port of the run's interchange
   */
  BlockJobs(SiteSettings site, RunDirectory run, int port, OutputMode output) {
    this.site = requireNonNull(site);
    this.run = requireNonNull(run);
    this.port = port;
    this.output = requireNonNull(output);
  }

  /**
   * Those of a run that has not begun. Where its interchange's port is chosen at the start, the
   * first one that may be chosen stands for it.
   *
   * @param workingDirectory of tasks that name none, when the site names none either
   * @throws IOException if a block's nodes are to be those of a batch job, and there is none
   */
  public static BlockJobs planned(
      Site site, Path workingDirectory, RunDirectory run, OutputMode output) throws IOException {
    SiteSettings settings = new SiteSettings(site, workingDirectory);
    InterchangeAddress address = settings.addresses().ofInterchange(Optional.empty());
    int port = address.port() == 0 ? address.firstPort() : address.port();
    return new BlockJobs(settings, run, port, output);
  }

  /** Where the run's keys are; empty = nothing is encrypted. */
  static Optional<Path> keys(SiteSettings site, RunDirectory run) {
    return site.encrypted() ? Optional.of(run.keys()) : Optional.empty();
  }

  /** The job of a block, as it is submitted first. */
  public JobSpec job(BlockId id) {
    Path directory = run.path().toAbsolutePath();
    return new JobSpec(
        String.join(".", site.jobNamePrefix(), site.label(), runName(directory), id.value()),
        run.block(id.value()).toAbsolutePath(),
        ManagerCommand.of(
            site, site.workerPool(id.value(), port, keys(site, run), directory, output)),
        site.resources(),
        Map.of(),
        site.workerInit());
  }

  /**
   * The run's directory by its name, and by where it lies, since others may be called so: a job is
   * looked for by its name, and must not be another run's.
   */
  private static String runName(Path directory) {
    int place = Math.floorMod(String.valueOf(directory.getParent()).hashCode(), 1_000_000);
    return "%s-%06d".formatted(directory.getFileName(), place);
  }

  /** What the site says of its scheduler. */
  public ProviderSettings provider() {
    return site.scheduler().settings();
  }
}
