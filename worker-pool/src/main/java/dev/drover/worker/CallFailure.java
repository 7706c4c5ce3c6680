package dev.drover.worker;

import java.io.NotSerializableException;
import java.nio.file.Path;
import java.util.List;

/** Puts what went wrong with a call into words: the cause and the mend. */
final class CallFailure {
  private static final int MOST_JARS_NAMED = 30;
  private static final int DEEPEST_CAUSE = 20;

  private CallFailure() {}

  /** The function threw. */
  static String thrown(Throwable thrown, ClassLoader loader) {
    return ThrowableText.describe(thrown) + classLoadingMend(thrown, loader);
  }

  /** The function could not be made from its payload. */
  static String unreadable(Throwable thrown, ClassLoader loader) {
    String mend = classLoadingMend(thrown, loader);
    return "the function could not be read: "
        + ThrowableText.describe(thrown)
        + (mend.isEmpty()
            ? "\n  fix:      submit with the same jars and a JDK no newer than the worker's, "
                + System.getProperty("java.version")
            : mend);
  }

  static String unserializableResult(Throwable failure, Object result) {
    String type = result.getClass().getName();
    if (failure instanceof NotSerializableException) {
      String culprit = String.valueOf(ThrowableText.messageOf(failure));
      return "the result, a "
          + type
          + ", cannot be serialized: "
          + culprit
          + " is not Serializable"
          + FieldPath.toUnserializable(result, "result", culprit)
              .map(path -> "\n  at:  " + path)
              .orElse("")
          + "\n  fix: make it Serializable, mark the field transient, or return plain values";
    }
    if (failure instanceof PayloadWriter.PayloadTooLargeException) {
      return "the result, a "
          + type
          + ", is too large: "
          + ThrowableText.describe(failure)
          + "\n  fix: write it to a file and return the path, or raise the limit of results";
    }
    return "the result, a " + type + ", cannot be serialized: " + ThrowableText.describe(failure);
  }

  static String outOfMemory(Throwable error) {
    return "the JVM ran out of memory: "
        + ThrowableText.describe(error)
        + "\n  heap: "
        + (Runtime.getRuntime().maxMemory() >> 20)
        + " MB at most\n  fix:  give the worker JVM a larger heap, or run fewer workers on a node";
  }

  /** The error in the chain of causes that says the heap is full, or null. */
  static OutOfMemoryError outOfMemoryIn(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof OutOfMemoryError error) {
        return error;
      }
      cause = ThrowableText.causeOf(cause);
    }
    return null;
  }

  private static String classLoadingMend(Throwable thrown, ClassLoader loader) {
    if (thrown instanceof UnsupportedClassVersionError) {
      return "\n  fix:      compile for Java "
          + Runtime.version().feature()
          + ", or set a newer JDK for the workers";
    }
    String missing = missingClass(thrown);
    if (missing != null) {
      return "\n  missing:  "
          + missing
          + searched(loader)
          + "\n  fix:      put the jar with this class on the submitting JVM's class path, or name it"
          + " among the jars to ship";
    }
    if (thrown instanceof IncompatibleClassChangeError || thrown instanceof VerifyError) {
      return searched(loader)
          + "\n  fix:      the jars do not fit together; look for two versions of this class among"
          + " them";
    }
    return "";
  }

  private static String missingClass(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      String message = ThrowableText.messageOf(cause);
      boolean missing =
          cause instanceof ClassNotFoundException
              || cause instanceof NoClassDefFoundError
                  && message != null
                  && !message.startsWith("Could not initialize");
      if (missing && message != null) {
        return message.replace('/', '.');
      }
      cause = ThrowableText.causeOf(cause);
    }
    return null;
  }

  private static String searched(ClassLoader loader) {
    if (!(loader instanceof UserClassLoader user)) {
      return "\n  searched: " + loader;
    }
    List<Path> jars = user.jars();
    if (jars.isEmpty()) {
      return "\n  searched: only the JDK and Drover: the task came without a classpath";
    }
    StringBuilder text = new StringBuilder("\n  searched: the JDK, Drover");
    jars.stream().limit(MOST_JARS_NAMED).forEach(jar -> text.append("\n            ").append(jar));
    if (jars.size() > MOST_JARS_NAMED) {
      text.append("\n            and ").append(jars.size() - MOST_JARS_NAMED).append(" more");
    }
    return text.toString();
  }
}
