package dev.drover.job;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One block as a scheduler is asked for it.
 *
 * @param name unique among the user's jobs, so that a submission whose answer was lost can be found
 *     again; it begins with a letter and holds letters, digits, {@code . _ -}
 * @param directory the block's own, absolute as the head node sees it, used by one job only
 * @param command the argv that starts one manager on one node
 * @param resources what the block asks for
 * @param environment set for the job's script and all it starts; a scheduler shows it, so nothing
 *     secret
 * @param workerInit shell text that runs before the command, once, in the job script's own bash;
 *     the job fails when its last command does; empty for none
 */
public record JobSpec(
    String name,
    Path directory,
    List<String> command,
    ResourceSpec resources,
    Map<String, String> environment,
    String workerInit) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  public JobSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the job name \""
              + name
              + "\" must begin with a letter and hold only letters, digits and . _ -");
    }
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException(
          "the directory \""
              + directory
              + "\" of job "
              + name
              + " is relative; a job may start anywhere, so give an"
              + " absolute path");
    }
    if (directory.toString().chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the directory of job "
              + name
              + " holds a control character, which no job script can carry; choose another"
              + " path");
    }
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException(
          "job " + name + " has an empty command; give the argv that starts a manager");
    }
    requireNonNull(resources, "resources");
    for (String variable : environment.keySet()) {
      if (!VARIABLE.matcher(variable).matches()) {
        throw new IllegalArgumentException(
            "job "
                + name
                + " sets the variable \""
                + variable
                + "\", which no shell can export; use letters, digits"
                + " and _ only, and no digit first");
      }
    }
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    requireNonNull(workerInit, "workerInit");
  }

  /** The job script. */
  public Path script() {
    return directory.resolve("submit.sh");
  }

  /** Where the job's standard output goes. */
  public Path stdout() {
    return directory.resolve("stdout");
  }

  /** Where the job's standard error goes. */
  public Path stderr() {
    return directory.resolve("stderr");
  }

  /**
   * Where a scheduler puts what it prints itself, before, around and after the script, if the
   * script redirects its own output.
   */
  public Path schedulerOutput() {
    return directory.resolve("scheduler-output");
  }

  /** Where the job script writes its exit code, as the last thing it does. */
  public Path exitCodeFile() {
    return exitCodeFile(directory);
  }

  /** Where a job whose block has that directory writes its exit code. */
  public static Path exitCodeFile(Path directory) {
    return directory.resolve("exit-code");
  }
}
