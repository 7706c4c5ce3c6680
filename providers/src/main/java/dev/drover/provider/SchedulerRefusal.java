package dev.drover.provider;

/** What a dialect read in an answer that is not the one asked for. */
public final class SchedulerRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String fix;
  private final Kind kind;

  private enum Kind {
    PASSING,
    PERMANENT,
    UNANSWERED
  }

  private SchedulerRefusal(String reason, String fix, Kind kind) {
    super(reason);
    this.fix = fix;
    this.kind = kind;
  }

  /** A refusal that a later try may not meet: a busy scheduler, a limit on queued jobs. */
  public static SchedulerRefusal passing(String reason, String fix) {
    return new SchedulerRefusal(reason, fix, Kind.PASSING);
  }

  /** A refusal that the same request will always meet: an unknown queue, too long a walltime. */
  public static SchedulerRefusal permanent(String reason, String fix) {
    return new SchedulerRefusal(reason, fix, Kind.PERMANENT);
  }

  /**
   * No refusal in truth: the command failed on its way to the scheduler, which may have done what
   * it was asked, as when {@code sbatch} tells of a socket that timed out.
   */
  public static SchedulerRefusal unanswered(String reason, String fix) {
    return new SchedulerRefusal(reason, fix, Kind.UNANSWERED);
  }

  /** What the user can do about it. */
  public String fix() {
    return fix;
  }

  /** Whether the same request will always be refused. */
  public boolean isPermanent() {
    return kind == Kind.PERMANENT;
  }

  /** Whether the scheduler may have done what it was asked. */
  public boolean isUnanswered() {
    return kind == Kind.UNANSWERED;
  }
}
