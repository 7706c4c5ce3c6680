package dev.drover.provider;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.Command;
import dev.drover.headnode.CommandResult;

/**
 * One question to a scheduler about itself. Pure, as all of a dialect.
 *
 * @param what is asked, as messages call it, such as {@code its queues}
 * @param command that asks it
 * @param answer how the answer adds to what is known
 */
public record SurveyQuestion(String what, Command command, Answer answer) {
  /** Reads an answer. */
  @FunctionalInterface
  public interface Answer {
    /**
     * What is known with this answer.
     *
     * @param soFar from the questions before
     * @throws SchedulerRefusal if it is none: an error, an outage, text of another kind
     */
    SchedulerFacts read(CommandResult result, SchedulerFacts soFar) throws SchedulerRefusal;
  }

  public SurveyQuestion {
    requireNonNull(what, "what");
    requireNonNull(command, "command");
    requireNonNull(answer, "answer");
  }
}
