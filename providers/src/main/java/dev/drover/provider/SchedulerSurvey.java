package dev.drover.provider;

import dev.drover.headnode.HeadNode;
import java.util.List;

/**
 * Asks a scheduler about itself: its queues first, then what else it can tell. Each question is one
 * command on the head node. Blocks; any thread.
 */
public final class SchedulerSurvey {
  private final SchedulerDesk desk;
  private final List<String> programs;
  private final List<SurveyQuestion> questions;

  SchedulerSurvey(HeadNode headNode, SchedulerDialect dialect) {
    this.desk = new SchedulerDesk(headNode, dialect.name());
    this.programs = dialect.programs();
    this.questions = dialect.survey();
  }

  /** The scheduler's name as messages call it. */
  public String scheduler() {
    return desk.scheduler();
  }

  /** The machine that is asked. */
  public String host() {
    return desk.headNode().host();
  }

  /** The programs of the scheduler without which there are no blocks; none if it has none. */
  public List<String> programs() {
    return programs;
  }

  /** Whether this scheduler can be asked about itself at all. */
  public boolean isPossible() {
    return !questions.isEmpty();
  }

  /**
   * What the scheduler tells. A later question that has no answer is a gap in it: what else is told
   * still holds.
   *
   * @throws StatusUnavailableException if it does not tell of its queues: then nothing is known
   * @throws IllegalStateException if it cannot be asked at all
   */
  public SchedulerFacts ask() throws StatusUnavailableException {
    if (!isPossible()) {
      throw new IllegalStateException(scheduler() + " cannot be asked about itself");
    }
    SchedulerFacts facts = put(questions.get(0), SchedulerFacts.NONE);
    for (SurveyQuestion question : questions.subList(1, questions.size())) {
      try {
        facts = put(question, facts);
      } catch (StatusUnavailableException e) {
        List<String> lines = e.getMessage().lines().toList();
        facts =
            facts.withGap(
                new SchedulerFacts.Gap(
                    question.what(),
                    lines.get(0),
                    lines.get(lines.size() - 1).replaceFirst("^ *fix: *", "")));
      }
    }
    return facts;
  }

  private SchedulerFacts put(SurveyQuestion question, SchedulerFacts soFar)
      throws StatusUnavailableException {
    return desk.ask(
        question.command(), question.what(), "", result -> question.answer().read(result, soFar));
  }
}
