package dev.drover.cli.render;

import dev.drover.block.BlockId;
import dev.drover.cli.console.StopException;
import dev.drover.executor.BlockJobs;
import dev.drover.job.JobSpec;
import dev.drover.journal.RunDirectory;
import dev.drover.manager.OutputMode;
import dev.drover.provider.InvalidJobException;
import dev.drover.provider.JobScripts;
import dev.drover.provider.ProviderSettings;
import dev.drover.provider.Providers;
import dev.drover.site.Site;
import dev.drover.template.ScriptRenderException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A block's job, and its script as a run would submit it.
 *
 * @param provider what the site says of its scheduler
 * @param idleSkips the {@code directives.skip} that leave out nothing of the script
 */
record Rendering(JobSpec job, String script, ProviderSettings provider, List<String> idleSkips) {
  Rendering {
    idleSkips = List.copyOf(idleSkips);
  }

  /**
   * The rendering for a run in that directory, of few tasks, that is started in this one.
   *
   * @throws StopException when the site makes no job script
   */
  static Rendering of(Site site, RunDirectory run, BlockId block) {
    try {
      BlockJobs jobs = BlockJobs.planned(site, Path.of("").toAbsolutePath(), run, OutputMode.FILES);
      JobSpec job = jobs.job(block);
      JobScripts scripts = Providers.scripts(jobs.provider());
      return new Rendering(job, scripts.of(job), jobs.provider(), scripts.idleSkips(job));
    } catch (InvalidJobException
        | ScriptRenderException
        | IOException
        | IllegalArgumentException e) {
      throw StopException.usage("site '" + site.name() + "': " + e.getMessage());
    }
  }
}
