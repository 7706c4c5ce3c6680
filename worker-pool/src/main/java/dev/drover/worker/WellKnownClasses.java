package dev.drover.worker;

import java.io.ObjectStreamClass;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The JDK classes that a payload names by one byte instead of by a full class descriptor, which is
 * most of the bytes and of the time of a small payload.
 *
 * <p>Each one has a declared serial version and the same serialized fields in every JDK since 8.
 * The order is part of the payload's format: append only.
 */
final class WellKnownClasses {
  /** Codes run from 1; a 0 says that a full descriptor follows. */
  static final int FULL_DESCRIPTOR = 0;

  private static final List<Class<?>> CLASSES =
      List.of(
          SerializedLambda.class,
          Object[].class,
          Number.class,
          Integer.class,
          Long.class,
          Double.class,
          Float.class,
          Short.class,
          Byte.class,
          Character.class,
          Boolean.class,
          String[].class,
          int[].class,
          long[].class,
          double[].class,
          byte[].class,
          ArrayList.class,
          HashMap.class,
          Throwable.class,
          Exception.class,
          RuntimeException.class,
          Error.class,
          StackTraceElement.class,
          StackTraceElement[].class);

  private static final ObjectStreamClass[] BY_CODE = new ObjectStreamClass[CLASSES.size() + 1];
  private static final Map<Class<?>, Integer> CODES = new HashMap<>();

  static {
    for (int code = 1; code < BY_CODE.length; code++) {
      BY_CODE[code] = ObjectStreamClass.lookupAny(CLASSES.get(code - 1));
      CODES.put(CLASSES.get(code - 1), code);
    }
  }

  private WellKnownClasses() {}

  static int codeOf(ObjectStreamClass descriptor) {
    return CODES.getOrDefault(descriptor.forClass(), FULL_DESCRIPTOR);
  }

  /** The class's descriptor in this JVM, or null when a newer Drover wrote a code unknown here. */
  static ObjectStreamClass descriptor(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
