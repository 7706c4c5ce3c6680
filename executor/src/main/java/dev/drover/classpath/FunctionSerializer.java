package dev.drover.classpath;

import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.worker.FieldPath;
import dev.drover.worker.PayloadWriter;
import dev.drover.worker.Statelessness;
import java.io.IOException;
import java.io.NotSerializableException;
import java.lang.reflect.Proxy;
import java.security.CodeSource;

/**
 * Turns functions into payloads. Functions with equal bytes that one thread submits one after
 * another share one payload. Any thread may call.
 */
public final class FunctionSerializer {
  private static final ClassValue<Boolean> ON_DISK =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isOnDisk(type);
        }
      };

  private final ThreadLocal<Writing> perThread;

  /**
   * @param limitBytes largest function, in bytes
   */
  public FunctionSerializer(int limitBytes) {
    this.perThread = ThreadLocal.withInitial(() -> new Writing(limitBytes));
  }

  /**
   * The function's payload.
   *
   * @throws FunctionNotSerializableException names the class and the field in the way, and the mend
   */
  public Payload serialize(RemoteCall<?> function) {
    return perThread.get().write(function);
  }

  private static Class<?> homeOf(Class<?> type) {
    return type.isHidden() ? type.getNestHost() : type;
  }

  private static boolean isOnDisk(Class<?> type) {
    if (Proxy.isProxyClass(type)
        || type.getClassLoader() == null
        || type.getClassLoader() == ClassLoader.getPlatformClassLoader()) {
      return true;
    }
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source != null
        && source.getLocation() != null
        && source.getLocation().getProtocol().equals("file");
  }

  private static FunctionNotSerializableException inMemory(Class<?> home) {
    return new FunctionNotSerializableException(
        "class %s was made in memory (by jshell, a script or a code generator), so no jar holds it and no worker can load it\n  fix: compile it into a jar, put that on the class path, and submit a function of that jar"
            .formatted(home.getName()),
        null);
  }

  private static FunctionNotSerializableException refused(
      RemoteCall<?> function, Throwable failure) {
    String name = homeOf(function.getClass()).getName();
    if (failure instanceof NotSerializableException) {
      String culprit = failure.getMessage();
      return new FunctionNotSerializableException(
          "the function of %s cannot be serialized: %s is not Serializable%s\n  fix: make %s Serializable, or capture less: copy the values that the lambda needs into local variables, create the rest inside it"
              .formatted(
                  name,
                  culprit,
                  FieldPath.toUnserializable(function, "function", culprit)
                      .map(path -> "\n  at:  " + path)
                      .orElse(""),
                  culprit),
          failure);
    }
    if (failure instanceof PayloadWriter.PayloadTooLargeException) {
      return new FunctionNotSerializableException(
          "the function of %s is too large: %s\n  fix: capture less; put big data into a file and capture its path"
              .formatted(name, failure.getMessage()),
          failure);
    }
    return new FunctionNotSerializableException(
        "the function of %s cannot be serialized: %s".formatted(name, failure), failure);
  }

  /** One thread's buffer, and the function that it wrote last. */
  private static final class Writing {
    private static final int MOST_BYTES_HELD = 4096;

    private final PayloadWriter writer;
    private RemoteCall<?> last;
    private Payload lastPayload;
    private boolean lastIsStateless;
    private boolean proofTried;

    Writing(int limitBytes) {
      this.writer = new PayloadWriter(limitBytes);
    }

    Payload write(RemoteCall<?> function) {
      if (function == last) {
        if (!proofTried) {
          proofTried = true;
          lastIsStateless = Statelessness.isProvenFor(function);
        }
        if (lastIsStateless) {
          return lastPayload;
        }
      }
      Class<?> home = homeOf(function.getClass());
      if (!ON_DISK.get(home)) {
        throw inMemory(home);
      }
      Payload payload;
      try {
        payload = writer.write(function);
      } catch (IOException | RuntimeException | StackOverflowError e) {
        throw refused(function, e);
      }
      if (function != last) {
        remember(function, payload);
      }
      return payload;
    }

    // A function that captured much is not kept from the collector.
    private void remember(RemoteCall<?> function, Payload payload) {
      boolean maybeStateless = function.getClass().isHidden() && payload.size() <= MOST_BYTES_HELD;
      last = maybeStateless ? function : null;
      lastPayload = maybeStateless ? payload : null;
      proofTried = false;
      lastIsStateless = false;
    }
  }
}
