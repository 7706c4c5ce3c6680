package dev.drover.cli.tasks;

import java.util.Objects;

/**
 * One thing that is wrong with a task source.
 *
 * @param where {@code file:line}, or the option that it came with
 * @param what the problem, with the offending word
 * @param mend what to do about it
 */
public record TaskProblem(String where, String what, String mend) {
  public TaskProblem {
    Objects.requireNonNull(where);
    Objects.requireNonNull(what);
    Objects.requireNonNull(mend);
  }

  @Override
  public String toString() {
    return where + ": " + what + "; " + mend;
  }
}
