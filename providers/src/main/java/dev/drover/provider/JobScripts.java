package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.job.JobOptions;
import dev.drover.job.JobSpec;
import dev.drover.launcher.LaunchImpossibleException;
import dev.drover.launcher.Launcher;
import dev.drover.template.DirectiveEdits;
import dev.drover.template.JobScriptModel;
import dev.drover.template.ScriptRenderException;
import dev.drover.template.ScriptRenderer;
import java.util.List;

/**
 * Makes the text of job scripts: template, launcher, the site's options and its edits of the
 * directives. Safe on any thread.
 */
public final class JobScripts {
  private final ScriptRenderer renderer;
  private final Launcher launcher;
  private final JobOptions options;
  private final DirectiveEdits edits;

  public JobScripts(
      ScriptRenderer renderer, Launcher launcher, JobOptions options, DirectiveEdits edits) {
    this.renderer = requireNonNull(renderer, "renderer");
    this.launcher = requireNonNull(launcher, "launcher");
    this.options = requireNonNull(options, "options");
    this.edits = requireNonNull(edits, "edits");
  }

  /**
   * The job's script, byte for byte as it is submitted.
   *
   * @throws InvalidJobException if none can be made, however often it is tried
   */
  public String of(JobSpec spec) throws InvalidJobException {
    return edits.apply(unedited(spec));
  }

  private String unedited(JobSpec spec) throws InvalidJobException {
    try {
      List<String> launched = launcher.launch(spec.command(), spec.resources());
      return renderer.render(JobScriptModel.of(spec, options, launched));
    } catch (LaunchImpossibleException | ScriptRenderException e) {
      throw new InvalidJobException(
          "no job script can be made for block " + spec.name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Those {@code directives.skip} that leave out nothing of the job's script.
   *
   * @throws InvalidJobException as {@link #of}
   */
  public List<String> idleSkips(JobSpec spec) throws InvalidJobException {
    return edits.idleSkips(unedited(spec));
  }
}
