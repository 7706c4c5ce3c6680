package dev.drover.site;

import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.TEXT;

import java.util.List;
import java.util.Optional;

/** The job script, and the launcher in it. A part of {@link SiteKeys}, by which it is used. */
interface ScriptKeys {
  /** The keys of this part. */
  KeySection SCRIPT = new KeySection();

  /** What spreads the manager's command over a block's nodes. */
  enum LauncherType {
    /** Nothing: the job script runs the command once, as it is. */
    SIMPLE,
    /** One manager, on the block's one node. */
    SINGLE_NODE,
    /** Slurm's srun. */
    SRUN,
    /** Slurm's srun, each manager with a share of the allocation of its own for MPI programs. */
    SRUN_MPI,
    /** mpiexec of MPICH, Cray PALS or Intel MPI. */
    MPIEXEC,
    /** mpirun of Open MPI. */
    MPIRUN,
    /** flux run. */
    FLUX,
    /** Cray's aprun. */
    APRUN,
    /** IBM's jsrun. */
    JSRUN,
    /** GNU parallel over SSH. */
    GNU_PARALLEL,
    /** A command of the site's own before the manager's. */
    WRAPPED
  }

  Key<Optional<String>> TEMPLATE_FILE =
      SCRIPT.key(
          "template.file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "a job script template of the site's own; nothing = the provider's");
  Key<List<String>> DIRECTIVES_SKIP =
      SCRIPT.key(
          "directives.skip",
          KeyType.PHRASES,
          List.of(),
          "",
          "directives that the site does not want, with commas between, such as --mem, -l place");
  Key<String> DIRECTIVES_ADD =
      SCRIPT.key(
          "directives.add",
          KeyType.LINES,
          "",
          "",
          "directives beside the template's, one a line, with or without their prefix");
  Key<LauncherType> LAUNCHER_TYPE =
      SCRIPT.key(
          "launcher.type",
          new KeyType.Choice<>(LauncherType.class),
          LauncherType.SINGLE_NODE,
          "",
          "what spreads the manager's command over a block's nodes");
  Key<String> LAUNCHER_OPTIONS =
      SCRIPT.key("launcher.options", TEXT, "", "", "more words of the launcher's command line");
  Key<String> LAUNCHER_BIND_OPTION =
      SCRIPT.key(
          "launcher.bind-option",
          TEXT,
          "--bind-to",
          "",
          "mpiexec's option that 'none' follows, so that managers are not bound; nothing = no option");
  Key<Optional<String>> LAUNCHER_PROGRAM =
      SCRIPT.key(
          "launcher.program",
          new KeyType.OrNone<>(KeyType.PROGRAM),
          Optional.empty(),
          "",
          "the launcher's program, such as mpiexec.mpich; nothing = the one of its name");
  Key<Optional<String>> LAUNCHER_HOST_FILE =
      SCRIPT.key(
          "launcher.host-file",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "a file of the block's hosts, one a line; nothing = as the scheduler tells");
  Key<String> LAUNCHER_PREFIX =
      SCRIPT.key(
          "launcher.prefix", TEXT, "", "", "the words before the manager's command, when wrapped");
}
