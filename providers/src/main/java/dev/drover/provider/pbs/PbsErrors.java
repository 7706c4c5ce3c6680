package dev.drover.provider.pbs;

import dev.drover.headnode.CommandResult;
import dev.drover.provider.SchedulerRefusal;
import java.util.List;

/** What PBS and Torque commands print to standard error, in lines. */
public final class PbsErrors {
  private PbsErrors() {}

  /**
   * The first line in which the program speaks, without its name; a usage text follows, at times.
   */
  public static String said(String program, CommandResult result) {
    List<String> lines = lines(result);
    return lines.stream()
        .filter(line -> line.startsWith(program + ":"))
        .findFirst()
        .map(line -> line.substring(program.length() + 1).strip())
        .orElseGet(
            () ->
                lines.isEmpty()
                    ? program + " ended with exit code " + result.exitCode()
                    : lines.get(lines.size() - 1));
  }

  /** The lines that are not blank. */
  public static List<String> lines(CommandResult result) {
    return result.stderr().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /** Whether the words stand anywhere in it. */
  public static boolean mentions(CommandResult result, String words) {
    return result.stderr().contains(words);
  }

  /** Whether the line says that a job is not there, or not any more; that is an answer. */
  public static boolean tellsOfNoJob(String line) {
    return line.contains("Unknown Job Id")
        || line.contains("Job has finished")
        || line.contains("illegally formed job identifier")
        || line.contains("nonexistent job id");
  }

  /** Whether the command never reached the server, so that nothing was done. */
  public static boolean tellsOfNoServer(CommandResult result) {
    return mentions(result, "cannot connect to server")
        || mentions(result, "Couldn't connect to cluster")
        || mentions(result, "Unknown Host");
  }

  /**
   * Of a {@code qdel} that left jobs that it should not have left.
   *
   * @param wait what to do while the server is away
   */
  public static SchedulerRefusal cancelRefused(CommandResult result, String wait) {
    return SchedulerRefusal.passing(
        said("qdel", result),
        tellsOfNoServer(result)
            ? wait + ", then cancel again"
            : "delete the jobs as the user who submitted them");
  }
}
