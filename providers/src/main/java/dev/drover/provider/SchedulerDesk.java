package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;
import dev.drover.headnode.HeadNode;
import java.io.IOException;

/**
 * Where questions to a scheduler are asked: runs a command on the head node and has its answer
 * read. What goes wrong is told in one form. Any thread.
 *
 * @param headNode where the scheduler's commands are
 * @param scheduler its name, as messages call it
 */
record SchedulerDesk(HeadNode headNode, String scheduler) {
  SchedulerDesk {
    requireNonNull(headNode, "headNode");
    requireNonNull(scheduler, "scheduler");
  }

  /** How an answer reads. */
  @FunctionalInterface
  interface Answer<T> {
    T read(CommandResult result) throws SchedulerRefusal;
  }

  /**
   * The answer to a question.
   *
   * @param what is asked, such as {@code how 3 jobs stand}
   * @param mend what the message's fix begins with; may be empty
   * @throws StatusUnavailableException if there is no answer
   */
  <T> T ask(Command command, String what, String mend, Answer<T> answer)
      throws StatusUnavailableException {
    CommandResult result;
    try {
      result = headNode.run(command);
    } catch (IOException e) {
      throw new StatusUnavailableException(
          FailureText.of(
              couldNotRun("ask " + what, e),
              command,
              "",
              mend + "if it lasts, check the head node"),
          e);
    }
    if (result.timedOut()) {
      throw new StatusUnavailableException(
          FailureText.of(
              noAnswer(what, command),
              command,
              "",
              result,
              mend + "if it lasts, raise the command timeout"),
          null);
    }
    try {
      return answer.read(result);
    } catch (SchedulerRefusal e) {
      throw new StatusUnavailableException(
          FailureText.of(
              refused("to tell " + what, command, result, e), command, "", result, mend + e.fix()),
          e);
    }
  }

  String refused(String what, Command command, CommandResult result, SchedulerRefusal refusal) {
    return scheduler
        + " refused "
        + what
        + " on "
        + headNode.host()
        + " ("
        + command.argv().get(0)
        + ", exit "
        + result.exitCode()
        + "): "
        + refusal.getMessage();
  }

  String noAnswer(String what, Command command) {
    return scheduler
        + " gave no answer about "
        + what
        + " on "
        + headNode.host()
        + " ("
        + command.argv().get(0)
        + ", killed after "
        + command.timeout().toSeconds()
        + " s)";
  }

  String couldNotRun(String what, IOException cause) {
    return "cannot " + what + " on " + headNode.host() + ": " + cause;
  }
}
