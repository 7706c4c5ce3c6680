package dev.drover.worker;

/**
 * Stands in for a throwable of a task that could not itself be serialized: it keeps the class's
 * name, the message, the stack trace and the causes.
 */
public final class RemoteThrowable extends Exception {
  private static final long serialVersionUID = 1;
  private static final int DEEPEST_CAUSE = 20;

  private final String className;
  private final String stackTraceText;

  private RemoteThrowable(String className, String message, String text, Throwable cause) {
    super(message, cause);
    this.className = className;
    this.stackTraceText = text;
  }

  static RemoteThrowable standInFor(Throwable original) {
    return standInFor(original, 0);
  }

  private static RemoteThrowable standInFor(Throwable original, int depth) {
    Throwable cause = depth < DEEPEST_CAUSE ? ThrowableText.causeOf(original) : null;
    RemoteThrowable standIn =
        new RemoteThrowable(
            original.getClass().getName(),
            ThrowableText.messageOf(original),
            depth == 0 ? ThrowableText.stackTraceOf(original) : "",
            cause == null ? null : standInFor(cause, depth + 1));
    standIn.setStackTrace(ThrowableText.framesOf(original));
    return standIn;
  }

  /** Name of the class of what was thrown. */
  public String className() {
    return className;
  }

  /** The whole stack trace as the worker would have printed it; empty in a cause. */
  public String stackTraceText() {
    return stackTraceText;
  }

  @Override
  public String toString() {
    return getMessage() == null ? className : className + ": " + getMessage();
  }
}
