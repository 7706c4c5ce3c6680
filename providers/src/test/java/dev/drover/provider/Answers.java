package dev.drover.provider;

import dev.drover.headnode.CommandResult;
import java.util.List;

/** Reads answers to a dialect's questions about its scheduler, without a scheduler. */
public final class Answers {
  private Answers() {}

  /** What is known after these answers to the first questions, in their order. */
  public static SchedulerFacts read(SchedulerDialect dialect, CommandResult... answers)
      throws SchedulerRefusal {
    List<SurveyQuestion> questions = dialect.survey();
    SchedulerFacts facts = SchedulerFacts.NONE;
    for (int i = 0; i < answers.length; i++) {
      facts = questions.get(i).answer().read(answers[i], facts);
    }
    return facts;
  }

  /** What is known after the answer to one question, asked after those that were answered. */
  public static SchedulerFacts read(
      SchedulerDialect dialect, String what, CommandResult answer, SchedulerFacts soFar)
      throws SchedulerRefusal {
    return question(dialect, what).answer().read(answer, soFar);
  }

  /** The question of that kind. */
  public static SurveyQuestion question(SchedulerDialect dialect, String what) {
    return dialect.survey().stream()
        .filter(question -> question.what().equals(what))
        .findFirst()
        .orElseThrow();
  }
}
