package dev.drover.worker;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;

/**
 * Proof that a function object can hold no state, so that one instance may serve any number of
 * calls and its bytes never change.
 *
 * <p>The proof: it is a lambda or method reference made by the JVM (a hidden, synthetic class whose
 * {@code writeReplace} the JDK generated), whose fields are therefore final, and every captured
 * value is {@code null}, a string, a boxed primitive, an enum constant or again such a lambda. A
 * captured {@code this}, array, collection or any other object is no proof.
 */
public final class Statelessness {
  private static final int DEEPEST = 8;

  private Statelessness() {}

  /** Whether the proof succeeds; {@code false} says nothing about the function. */
  public static boolean isProvenFor(Object function) {
    return isProvenFor(function, 0);
  }

  private static boolean isProvenFor(Object function, int depth) {
    SerializedLambda lambda = depth > DEEPEST ? null : lambdaOf(function);
    if (lambda == null) {
      return false;
    }
    for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
      Object captured = lambda.getCapturedArg(i);
      if (!isImmutable(captured) && !isProvenFor(captured, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  /** What a serializable lambda is made of, or null when the object is none. */
  static SerializedLambda lambdaOf(Object object) {
    Class<?> type = object.getClass();
    if (!type.isHidden() || !type.isSynthetic() || !(object instanceof Serializable)) {
      return null;
    }
    try {
      Method writeReplace = type.getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      return writeReplace.invoke(object) instanceof SerializedLambda lambda ? lambda : null;
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return null;
    }
  }

  private static boolean isImmutable(Object value) {
    return value == null
        || value instanceof String
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof Float
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Character
        // One constant per class loader even when deserialized, so reuse shows no difference.
        || value instanceof Enum<?>;
  }
}
