package dev.drover.worker;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds how an object that cannot be serialized is reached: {@code result.items[3].connection}. The
 * JDK tells only its class. Used after a failure, so it may be slow; it gives up after {@value
 * #MOST_OBJECTS} objects.
 */
public final class FieldPath {
  private static final int MOST_OBJECTS = 20_000;

  private final String className;
  private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Step> open = new ArrayDeque<>();

  private FieldPath(String className) {
    this.className = className;
  }

  /**
   * The shortest path from {@code root} to the first object of a class that is not serializable.
   *
   * @param rootName what the path begins with
   * @param className name of the class that could not be serialized
   */
  public static Optional<String> toUnserializable(Object root, String rootName, String className) {
    try {
      return new FieldPath(className).search(new Step(root, rootName));
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty(); // the search met an object that throws when looked at
    }
  }

  private Optional<String> search(Step root) {
    open.add(root);
    while (!open.isEmpty() && visited.size() < MOST_OBJECTS) {
      Step step = open.remove();
      if (!visited.add(step.object)) {
        continue;
      }
      if (!(step.object instanceof Serializable)
          && step.object.getClass().getName().equals(className)) {
        return Optional.of(step.path);
      }
      expand(step);
    }
    return Optional.empty();
  }

  private void expand(Step step) {
    Object object = step.object;
    SerializedLambda lambda = Statelessness.lambdaOf(object);
    if (lambda != null) {
      for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
        String what =
            i == 0 && lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic
                ? "captured this"
                : "captured value " + (i + 1);
        add(lambda.getCapturedArg(i), step.path + " (" + what + ")");
      }
    } else if (object instanceof Object[] array) {
      for (int i = 0; i < array.length; i++) {
        add(array[i], step.path + "[" + i + "]");
      }
    } else if (object instanceof Collection<?> collection) {
      int i = 0;
      for (Object element : collection) {
        add(element, step.path + "[" + i++ + "]");
      }
    } else if (object instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            add(key, step.path + " (a key)");
            add(value, step.path + "[" + label(key) + "]");
          });
    } else if (object instanceof Serializable) {
      expandFields(step);
    }
  }

  private void expandFields(Step step) {
    for (Class<?> type = step.object.getClass();
        type != null && Serializable.class.isAssignableFrom(type);
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())
            && !field.getType().isPrimitive()
            && field.trySetAccessible()) {
          try {
            add(field.get(step.object), step.path + "." + field.getName());
          } catch (IllegalAccessException e) {
            continue; // not ours to see
          }
        }
      }
    }
  }

  private void add(Object object, String path) {
    if (object != null) {
      open.add(new Step(object, path));
    }
  }

  private static String label(Object key) {
    return key instanceof String || key instanceof Number || key instanceof Enum<?>
        ? key.toString()
        : "a value";
  }

  private record Step(Object object, String path) {}
}
