package dev.drover.classpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.worker.PayloadReader;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class FunctionSerializerTest {
  private final FunctionSerializer serializer = new FunctionSerializer(10_000);

  static RemoteCall<Object> noOp() {
    return index -> null;
  }

  static RemoteCall<Long> plus(long number) {
    return index -> number + index;
  }

  private static Object call(Payload payload) throws Exception {
    Object function =
        new PayloadReader(FunctionSerializerTest.class.getClassLoader()).read(payload);
    return ((RemoteCall<?>) function).call(2);
  }

  @Test
  void aFunction_comesBackToCall() throws Exception {
    assertThat(call(serializer.serialize(plus(40)))).isEqualTo(42L);
  }

  @Test
  void submitsOfTheSameLambda_shareOnePayload() {
    Payload first = serializer.serialize(noOp());
    Payload five = serializer.serialize(plus(5));
    assertThat(serializer.serialize(noOp())).isSameAs(first);
    assertThat(serializer.serialize(noOp())).isSameAs(first);
    assertThat(serializer.serialize(plus(5))).isSameAs(five);
    assertThat(serializer.serialize(plus(6))).isNotEqualTo(five);
  }

  @Test
  void aCapturedArrayThatChanged_isSerializedAnew() throws Exception {
    int[] array = {1};
    RemoteCall<Integer> function = index -> array[0];
    serializer.serialize(function);
    array[0] = 2;
    assertThat(call(serializer.serialize(function))).isEqualTo(2);
    array[0] = 3;
    assertThat(call(serializer.serialize(function))).isEqualTo(3);
  }

  @Test
  void aCapturedValueThatIsNotSerializable_isNamedWithTheMend() {
    Object lock = new Object();
    RemoteCall<Object> function = index -> lock;
    assertThatThrownBy(() -> serializer.serialize(function))
        .isInstanceOf(FunctionNotSerializableException.class)
        .hasMessageContainingAll(
            getClass().getName(), "java.lang.Object", "captured value 1", "capture less");
  }

  @Test
  void aCapturedThis_isNamedAsSuch() {
    RemoteCall<Object> function = index -> serializer;
    assertThatThrownBy(() -> serializer.serialize(function))
        .hasMessageContainingAll("captured this", getClass().getName());
  }

  @Test
  void aFunctionBeyondTheLimit_isRefused() {
    byte[] data = new byte[20_000];
    assertThatThrownBy(() -> serializer.serialize(index -> data))
        .hasMessageContainingAll("more than 10000 bytes", "file");
  }

  @Test
  void aClassMadeInMemory_isRefusedWithTheReason() throws Exception {
    RemoteCall<?> function =
        (RemoteCall<?>)
            new InMemory()
                .loadClass(Standalone.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    assertThatThrownBy(() -> serializer.serialize(function))
        .hasMessageContainingAll("made in memory", "jshell", "jar");
  }

  /** Loaded a second time below, by a loader that tells no source. */
  public static final class Standalone implements RemoteCall<Object> {
    private static final long serialVersionUID = 1;

    public Standalone() {}

    @Override
    public Object call(long index) {
      return null;
    }
  }

  private static final class InMemory extends ClassLoader {
    InMemory() {
      super(FunctionSerializerTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Standalone.class.getName())) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
