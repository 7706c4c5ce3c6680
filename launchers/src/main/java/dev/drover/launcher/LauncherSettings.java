package dev.drover.launcher;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * How a site wants managers launched.
 *
 * @param name one of {@link Launchers#NAMES}
 * @param options more words for the launcher's own command line, after Drover's, each passed as it
 *     is; none by default
 * @param bindOption what mpiexec and mpirun call the option that takes {@code none} for no binding:
 *     {@code --bind-to} by default, {@code --cpu-bind} for HPE's PALS; empty for no such words
 * @param program the launcher's program where it is not the usual one, as a name or a path
 * @param hostFile the user's own list of hosts instead of the scheduler's, for mpiexec and mpirun
 *     one host a line, for gnu-parallel one sshlogin a line; read where the job runs
 * @param prefix the words before the command, for wrapped only
 */
public record LauncherSettings(
    String name,
    List<String> options,
    String bindOption,
    Optional<String> program,
    Optional<String> hostFile,
    List<String> prefix) {

  public LauncherSettings {
    requireNonNull(name, "name");
    options = List.copyOf(options);
    requireNonNull(bindOption, "bindOption");
    requireNonNull(program, "program");
    requireNonNull(hostFile, "hostFile");
    prefix = List.copyOf(prefix);
  }

  /** The launcher of that name, with every default. */
  public static LauncherSettings of(String name) {
    return new LauncherSettings(
        name, List.of(), "--bind-to", Optional.empty(), Optional.empty(), List.of());
  }

  /** The same with these options. */
  public LauncherSettings withOptions(String... words) {
    return new LauncherSettings(name, List.of(words), bindOption, program, hostFile, prefix);
  }

  /** The same with that bind option. */
  public LauncherSettings withBindOption(String option) {
    return new LauncherSettings(name, options, option, program, hostFile, prefix);
  }

  /** The same with that program. */
  public LauncherSettings withProgram(String path) {
    return new LauncherSettings(name, options, bindOption, Optional.of(path), hostFile, prefix);
  }

  /** The same with that host file. */
  public LauncherSettings withHostFile(String path) {
    return new LauncherSettings(name, options, bindOption, program, Optional.of(path), prefix);
  }

  /** The same with that prefix. */
  public LauncherSettings withPrefix(String... words) {
    return new LauncherSettings(name, options, bindOption, program, hostFile, List.of(words));
  }
}
