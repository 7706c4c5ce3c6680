package dev.drover.worker;

import dev.drover.task.Payload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what {@link PayloadWriter} wrote, finding classes by one class loader. The empty payload is
 * {@code null}.
 *
 * <p>Classes that were found are remembered, so keep a reader as long as its loader. Confined to
 * one thread.
 */
public final class PayloadReader {
  private static final Map<String, Class<?>> PRIMITIVES = new HashMap<>();

  static {
    for (Class<?> type :
        new Class<?>[] {
          boolean.class,
          byte.class,
          char.class,
          short.class,
          int.class,
          long.class,
          float.class,
          double.class,
          void.class
        }) {
      PRIMITIVES.put(type.getName(), type);
    }
  }

  private final ClassLoader loader;
  private final Map<String, Class<?>> found = new HashMap<>();

  public PayloadReader(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * A fresh object, never shared with an earlier call.
   *
   * @throws ClassNotFoundException its message is the class's name
   * @throws IOException when the bytes are no payload, or a class of this JVM is of another version
   * @throws RuntimeException what the object's own {@code readObject} threw
   */
  public Object read(Payload payload) throws IOException, ClassNotFoundException {
    if (payload.isEmpty()) {
      return null;
    }
    return new Input(new ByteArrayInputStream(payload.bytes())).readObject();
  }

  private Class<?> find(String name) throws ClassNotFoundException {
    Class<?> type = found.get(name);
    if (type == null) {
      type = PRIMITIVES.get(name);
      if (type == null) {
        type = Class.forName(name, false, loader);
      }
      found.put(name, type);
    }
    return type;
  }

  private final class Input extends ObjectInputStream {
    Input(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
      int code = readUnsignedByte();
      if (code == WellKnownClasses.FULL_DESCRIPTOR) {
        return super.readClassDescriptor();
      }
      ObjectStreamClass descriptor = WellKnownClasses.descriptor(code);
      if (descriptor == null) {
        throw new InvalidClassException("class code " + code + " of a newer Drover");
      }
      return descriptor;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass descriptor) throws ClassNotFoundException {
      // A descriptor read from the stream has no class yet; one of the well-known ones has.
      Class<?> known = descriptor.forClass();
      return known != null ? known : find(descriptor.getName());
    }

    @Override
    protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
      Class<?>[] interfaces = new Class<?>[names.length];
      ClassLoader home = loader;
      for (int i = 0; i < names.length; i++) {
        interfaces[i] = find(names[i]);
        if (!Modifier.isPublic(interfaces[i].getModifiers())) {
          home = interfaces[i].getClassLoader();
        }
      }
      try {
        return Proxy.newProxyInstance(home, interfaces, (proxy, method, arguments) -> null)
            .getClass();
      } catch (IllegalArgumentException e) {
        throw new ClassNotFoundException(
            "a proxy of " + String.join(", ", names) + ": " + e.getMessage(), e);
      }
    }
  }
}
