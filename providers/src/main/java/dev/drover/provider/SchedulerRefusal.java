package dev.drover.provider;

/** What a dialect read in an answer that is not the one asked for. */
public final class SchedulerRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String fix;
  private final boolean permanent;

  private SchedulerRefusal(String reason, String fix, boolean permanent) {
    super(reason);
    this.fix = fix;
    this.permanent = permanent;
  }

  /** A refusal that a later try may not meet: a busy scheduler, a limit on queued jobs. */
  public static SchedulerRefusal passing(String reason, String fix) {
    return new SchedulerRefusal(reason, fix, false);
  }

  /** A refusal that the same request will always meet: an unknown queue, too long a walltime. */
  public static SchedulerRefusal permanent(String reason, String fix) {
    return new SchedulerRefusal(reason, fix, true);
  }

  /** What the user can do about it. */
  public String fix() {
    return fix;
  }

  /** Whether the same request will always be refused. */
  public boolean isPermanent() {
    return permanent;
  }
}
