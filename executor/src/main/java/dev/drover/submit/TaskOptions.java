package dev.drover.submit;

/**
 * What the submitting side decides about a task; it does not travel to managers. Tasks share one
 * object where they can.
 *
 * @param priority lower numbers run first; equal ones in the order of submission
 * @param retries how much failure a task may cost before it is given up: each failed attempt costs
 *     1 unless a {@link RetryCost} says otherwise; 0 = no second attempt
 * @param lossLimit attempts that a task may lose to infrastructure (a killed worker, a silent
 *     manager) before it is given up; these burn no retry. The end of its block is no such loss
 */
public record TaskOptions(int priority, double retries, int lossLimit) {
  /** Priority 0, no retries, three lost attempts allowed. */
  public static final TaskOptions DEFAULT = new TaskOptions(0, 0, 3);

  public TaskOptions {
    if (!(retries >= 0) || lossLimit < 0) {
      throw new IllegalArgumentException(
          "retries and loss limit are 0 or more, not " + retries + " and " + lossLimit);
    }
  }

  public TaskOptions withPriority(int newPriority) {
    return new TaskOptions(newPriority, retries, lossLimit);
  }

  public TaskOptions withRetries(double newRetries) {
    return new TaskOptions(priority, newRetries, lossLimit);
  }
}
